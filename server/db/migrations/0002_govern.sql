CREATE TABLE "audit_chain" (
	"id" text PRIMARY KEY NOT NULL,
	"first_number" integer DEFAULT 1 NOT NULL,
	"last_number" integer DEFAULT 0 NOT NULL,
	"last_hash" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_entry" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"chain" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"owner_id" text,
	"actor" text NOT NULL,
	"actor_name" text NOT NULL,
	"surface" text NOT NULL,
	"action" text NOT NULL,
	"target" text,
	"proof" text DEFAULT 'none' NOT NULL,
	"outcome" text NOT NULL,
	"code" text,
	"rule" text,
	"what_digest" "bytea",
	"line" text NOT NULL,
	"number" integer,
	"previous" "bytea",
	"hash" "bytea"
);
--> statement-breakpoint
CREATE TABLE "audit_sink" (
	"id" text PRIMARY KEY NOT NULL,
	"chain" text NOT NULL,
	"url" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"created_by" text NOT NULL,
	"sent_number" integer DEFAULT 0 NOT NULL,
	"leased_until" timestamp (3) with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"last_error" text
);
--> statement-breakpoint
CREATE TABLE "admin_token" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"token_hash" text NOT NULL,
	"scope_id" text,
	"scopes" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"created_by" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "admin_token_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "enterprise" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "membership" (
	"owner_id" text PRIMARY KEY NOT NULL,
	"organisation_id" text NOT NULL,
	"since" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"added_by" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "organisation" (
	"id" text PRIMARY KEY NOT NULL,
	"enterprise_id" text,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"legal_hold_since" timestamp (3) with time zone,
	"legal_hold_by" text
);
--> statement-breakpoint
CREATE TABLE "policy_document" (
	"scope_id" text NOT NULL,
	"version" integer NOT NULL,
	"document" text NOT NULL,
	"digest" "bytea" NOT NULL,
	"note" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"created_by" text NOT NULL,
	CONSTRAINT "policy_document_scope_id_version_pk" PRIMARY KEY("scope_id","version")
);
--> statement-breakpoint
ALTER TABLE "policy" ADD COLUMN "own_control" text DEFAULT 'VIEW_AND_CONTROL' NOT NULL;--> statement-breakpoint
ALTER TABLE "policy" ADD COLUMN "bounds" text;--> statement-breakpoint
ALTER TABLE "policy" ADD COLUMN "settings" text;--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "withheld_by" text;--> statement-breakpoint
ALTER TABLE "membership" ADD CONSTRAINT "membership_owner_id_owner_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."owner"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "membership" ADD CONSTRAINT "membership_organisation_id_organisation_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organisation" ADD CONSTRAINT "organisation_enterprise_id_enterprise_id_fk" FOREIGN KEY ("enterprise_id") REFERENCES "public"."enterprise"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "audit_entry_number" ON "audit_entry" USING btree ("chain","number");--> statement-breakpoint
CREATE INDEX "audit_entry_unsealed" ON "audit_entry" USING btree ("id") WHERE "audit_entry"."hash" is null;--> statement-breakpoint
CREATE INDEX "audit_entry_owner" ON "audit_entry" USING btree ("owner_id","id");--> statement-breakpoint
CREATE INDEX "admin_token_scope" ON "admin_token" USING btree ("scope_id");--> statement-breakpoint
CREATE INDEX "membership_organisation" ON "membership" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "organisation_enterprise" ON "organisation" USING btree ("enterprise_id");