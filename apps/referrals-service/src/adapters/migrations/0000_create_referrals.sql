CREATE TABLE "referrals" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"merchant_id" text NOT NULL,
	"advocate_id" text NOT NULL,
	"friend_phone" text NOT NULL,
	"friend_email" text NOT NULL,
	"friend_contact_hash" text NOT NULL,
	"state" text DEFAULT 'created' NOT NULL,
	"invitation" jsonb,
	"order_id" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "referrals_friend" ON "referrals" USING btree ("merchant_id","friend_contact_hash");