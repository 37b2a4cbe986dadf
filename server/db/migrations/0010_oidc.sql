CREATE TABLE "oidc_connection" (
	"organisation_id" text PRIMARY KEY NOT NULL,
	"handle" text NOT NULL,
	"issuer" text NOT NULL,
	"client_id" text NOT NULL,
	"create_persons" boolean,
	"external_id_claim" text NOT NULL,
	"required_claims" text DEFAULT '[]' NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_by" text NOT NULL,
	CONSTRAINT "oidc_connection_handle_unique" UNIQUE("handle")
);
--> statement-breakpoint
CREATE TABLE "oidc_device" (
	"device_id" text PRIMARY KEY NOT NULL,
	"owner_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"issuer" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "oidc_flow" (
	"state_hash" text PRIMARY KEY NOT NULL,
	"binding_hash" "bytea" NOT NULL,
	"salt" text NOT NULL,
	"organisation_id" text NOT NULL,
	"issuer" text NOT NULL,
	"client_id" text NOT NULL,
	"redirect_uri" text NOT NULL,
	"is_fresh" boolean NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "oidc_identity" (
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"owner_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"is_made_here" boolean NOT NULL,
	"linked_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_sign_in_at" timestamp (3) with time zone,
	CONSTRAINT "oidc_identity_issuer_subject_pk" PRIMARY KEY("issuer","subject")
);
--> statement-breakpoint
ALTER TABLE "scim_user" ADD COLUMN "is_linked" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "oidc_connection" ADD CONSTRAINT "oidc_connection_organisation_id_organisation_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oidc_device" ADD CONSTRAINT "oidc_device_device_id_device_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."device"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oidc_device" ADD CONSTRAINT "oidc_device_owner_id_owner_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."owner"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oidc_device" ADD CONSTRAINT "oidc_device_organisation_id_organisation_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oidc_flow" ADD CONSTRAINT "oidc_flow_organisation_id_organisation_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oidc_identity" ADD CONSTRAINT "oidc_identity_owner_id_owner_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."owner"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oidc_identity" ADD CONSTRAINT "oidc_identity_organisation_id_organisation_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "oidc_device_organisation" ON "oidc_device" USING btree ("organisation_id","owner_id");--> statement-breakpoint
CREATE INDEX "oidc_flow_expiry" ON "oidc_flow" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "oidc_identity_owner" ON "oidc_identity" USING btree ("owner_id");--> statement-breakpoint
UPDATE "scim_user" SET "is_linked" = true FROM "owner" WHERE "owner"."id" = "scim_user"."owner_id" AND "owner"."created_at" <> "scim_user"."created_at";
