CREATE TABLE "passkey" (
	"id" text PRIMARY KEY NOT NULL,
	"owner_id" text NOT NULL,
	"device_id" text NOT NULL,
	"name" text NOT NULL,
	"public_key" text NOT NULL,
	"origin" text NOT NULL,
	"is_synced" boolean NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "passkey_challenge" (
	"challenge_hash" text PRIMARY KEY NOT NULL,
	"device_id" text,
	"origin" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "passkey_host" (
	"passkey_id" text NOT NULL,
	"host_id" text NOT NULL,
	"pinned_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "passkey_host_passkey_id_host_id_pk" PRIMARY KEY("passkey_id","host_id")
);
--> statement-breakpoint
ALTER TABLE "device" ADD COLUMN "vouched_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "passkey" ADD CONSTRAINT "passkey_owner_id_owner_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."owner"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "passkey" ADD CONSTRAINT "passkey_device_id_device_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."device"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "passkey_challenge" ADD CONSTRAINT "passkey_challenge_device_id_device_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."device"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "passkey_host" ADD CONSTRAINT "passkey_host_passkey_id_passkey_id_fk" FOREIGN KEY ("passkey_id") REFERENCES "public"."passkey"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "passkey_host" ADD CONSTRAINT "passkey_host_host_id_host_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."host"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "passkey_device" ON "passkey" USING btree ("device_id");--> statement-breakpoint
CREATE INDEX "passkey_owner" ON "passkey" USING btree ("owner_id");--> statement-breakpoint
CREATE INDEX "passkey_challenge_expiry" ON "passkey_challenge" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "passkey_host_host" ON "passkey_host" USING btree ("host_id");--> statement-breakpoint
-- The proof's kind stands before its digest: who reads the audit sees which commands a passkey vouched for.
CREATE OR REPLACE FUNCTION offdesk_audit_command() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit_entry (chain, owner_id, actor, actor_name, surface, action, target, proof, outcome, code, rule, what_digest, line)
  VALUES (
    '', NEW.owner_id, coalesce(NEW.device_id, NEW.sender), coalesce(NEW.device_name, 'the server'),
    CASE WHEN TG_OP = 'UPDATE' THEN 'HOST' WHEN NEW.device_id IS NULL THEN 'SERVER' ELSE 'DEVICE' END,
    'command.' || NEW.kind, NEW.id,
    CASE WHEN NEW.proof IS NULL THEN 'none'
      ELSE CASE WHEN NEW.proof LIKE 'v1.%.%.%.%.%.%.%' THEN 'signature and passkey, sha256:' ELSE 'signature, sha256:' END
        || encode(sha256(convert_to(NEW.proof, 'UTF8')), 'hex') END,
    CASE WHEN NEW.state = 'QUEUED' THEN 'ASKED' ELSE NEW.state END,
    NEW.refusal_code, left(NEW.refusal_rule, 200), sha256(NEW.payload),
    NEW.kind || CASE WHEN NEW.is_deny THEN ' (deny)' ELSE '' END
      || coalesce(' in ' || NEW.session_id, ' at ' || NEW.host_id) || coalesce(' for ' || left(NEW.decision_id, 64), '')
      || ', ' || octet_length(NEW.payload) || ' bytes'
  );
  RETURN NULL;
END $$;
