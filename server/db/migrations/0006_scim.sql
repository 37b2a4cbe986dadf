CREATE TABLE "scim_group" (
	"organisation_id" text PRIMARY KEY NOT NULL,
	"scope_id" text NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "scim_user" (
	"id" text PRIMARY KEY NOT NULL,
	"scope_id" text NOT NULL,
	"owner_id" text NOT NULL,
	"user_name" text NOT NULL,
	"user_name_key" text NOT NULL,
	"external_id" text,
	"active" boolean DEFAULT true NOT NULL,
	"data" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "scim_user_owner_id_unique" UNIQUE("owner_id"),
	CONSTRAINT "scim_user_name" UNIQUE("scope_id","user_name_key")
);
--> statement-breakpoint
ALTER TABLE "scim_group" ADD CONSTRAINT "scim_group_organisation_id_organisation_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scim_user" ADD CONSTRAINT "scim_user_owner_id_owner_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."owner"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "scim_group_scope" ON "scim_group" USING btree ("scope_id");--> statement-breakpoint
CREATE INDEX "scim_user_external" ON "scim_user" USING btree ("scope_id","external_id");