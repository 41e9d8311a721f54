export default class TallyReporter {}
