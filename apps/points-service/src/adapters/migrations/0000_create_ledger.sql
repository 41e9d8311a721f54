CREATE TABLE "accounts" (
	"merchant_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"available" bigint DEFAULT 0 NOT NULL,
	"pending" bigint DEFAULT 0 NOT NULL,
	"debt" bigint DEFAULT 0 NOT NULL,
	"lifetime_earned" bigint DEFAULT 0 NOT NULL,
	"seq" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "accounts_merchant_id_customer_id_pk" PRIMARY KEY("merchant_id","customer_id"),
	CONSTRAINT "available_not_negative" CHECK ("accounts"."available" >= 0),
	CONSTRAINT "pending_not_negative" CHECK ("accounts"."pending" >= 0),
	CONSTRAINT "debt_not_negative" CHECK ("accounts"."debt" >= 0)
);
--> statement-breakpoint
CREATE TABLE "ledger_events" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"merchant_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"seq" integer NOT NULL,
	"type" text NOT NULL,
	"points" bigint NOT NULL,
	"source_type" text NOT NULL,
	"source_id" text NOT NULL,
	"correlation_id" text,
	"occurred_at" timestamp with time zone NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "webhooks" (
	"shop" text NOT NULL,
	"webhook_id" text NOT NULL,
	"topic" text NOT NULL,
	"triggered_at" timestamp with time zone,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL,
	"verdict" jsonb NOT NULL,
	"body" text NOT NULL,
	CONSTRAINT "webhooks_shop_webhook_id_pk" PRIMARY KEY("shop","webhook_id")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_events_seq" ON "ledger_events" USING btree ("merchant_id","customer_id","seq");--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_events_source" ON "ledger_events" USING btree ("merchant_id","source_type","source_id","type");