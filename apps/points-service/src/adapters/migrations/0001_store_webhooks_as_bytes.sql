ALTER TABLE "webhooks" ALTER COLUMN "body" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "webhooks" ADD COLUMN "payload" "bytea";--> statement-breakpoint
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_has_content" CHECK (num_nonnulls("webhooks"."body", "webhooks"."payload") = 1);