CREATE TABLE "attempt" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"address" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "challenge" (
	"nonce_hash" text PRIMARY KEY NOT NULL,
	"host_id" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "credential" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"owner_id" text NOT NULL,
	"host_id" text NOT NULL,
	"session_id" text,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "setup_code" (
	"code_hash" text PRIMARY KEY NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "body" (
	"session_id" text NOT NULL,
	"digest" "bytea" NOT NULL,
	"media_type" text NOT NULL,
	"size" integer NOT NULL,
	"received_bytes" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"completed_at" timestamp (3) with time zone,
	CONSTRAINT "body_session_id_digest_pk" PRIMARY KEY("session_id","digest")
);
--> statement-breakpoint
CREATE TABLE "body_chunk" (
	"session_id" text NOT NULL,
	"digest" "bytea" NOT NULL,
	"start" integer NOT NULL,
	"bytes" "bytea" NOT NULL,
	CONSTRAINT "body_chunk_session_id_digest_start_pk" PRIMARY KEY("session_id","digest","start")
);
--> statement-breakpoint
CREATE TABLE "event" (
	"session_id" text NOT NULL,
	"seq" integer NOT NULL,
	"epoch" integer NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"kind" text NOT NULL,
	"digest" "bytea" NOT NULL,
	"format" text NOT NULL,
	"payload" "bytea" NOT NULL,
	CONSTRAINT "event_session_id_seq_pk" PRIMARY KEY("session_id","seq")
);
--> statement-breakpoint
CREATE TABLE "pairing" (
	"id" text PRIMARY KEY NOT NULL,
	"owner_id" text,
	"purpose" text NOT NULL,
	"state" text NOT NULL,
	"code_hash" text NOT NULL,
	"commitment" "bytea" NOT NULL,
	"opener_public_key" text NOT NULL,
	"opener_name" text NOT NULL,
	"opener_nonce" text,
	"opener_token_hash" text,
	"joiner_public_key" text,
	"joiner_name" text,
	"joiner_nonce" text,
	"mac" text,
	"rung" text NOT NULL,
	"session_id" text,
	"host_id" text,
	"device_id" text,
	"token_hash" text,
	"platform" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "pairing_code_hash_unique" UNIQUE("code_hash"),
	CONSTRAINT "pairing_opener_token_hash_unique" UNIQUE("opener_token_hash"),
	CONSTRAINT "pairing_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "device" (
	"id" text PRIMARY KEY NOT NULL,
	"owner_id" text NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"public_key" text,
	"rung" text NOT NULL,
	"token_hash" text NOT NULL,
	"confirmed" boolean DEFAULT false NOT NULL,
	"paired_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "device_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "device_host" (
	"device_id" text NOT NULL,
	"host_id" text NOT NULL,
	CONSTRAINT "device_host_device_id_host_id_pk" PRIMARY KEY("device_id","host_id")
);
--> statement-breakpoint
CREATE TABLE "host" (
	"id" text PRIMARY KEY NOT NULL,
	"owner_id" text NOT NULL,
	"name" text NOT NULL,
	"platform" text,
	"public_key" text NOT NULL,
	"enrolled_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp (3) with time zone,
	"live_until" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	"next_command_number" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "owner" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "policy" (
	"owner_id" text PRIMARY KEY NOT NULL,
	"remote_control" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_by" text
);
--> statement-breakpoint
CREATE TABLE "push_subscription" (
	"device_id" text PRIMARY KEY NOT NULL,
	"endpoint" text NOT NULL,
	"p256dh" text NOT NULL,
	"auth" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "server_fact" (
	"name" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "session" (
	"id" text PRIMARY KEY NOT NULL,
	"owner_id" text NOT NULL,
	"host_id" text NOT NULL,
	"attachment_id" text NOT NULL,
	"epoch" integer NOT NULL,
	"agent_id" text NOT NULL,
	"agent_name" text NOT NULL,
	"agent_version" text,
	"cwd" text NOT NULL,
	"repository" text,
	"branch" text,
	"ceiling" text NOT NULL,
	"first_seq" integer DEFAULT 1 NOT NULL,
	"last_seq" integer DEFAULT 0 NOT NULL,
	"name" text,
	"agent_title" text,
	"prompt_title" text,
	"state" text DEFAULT 'IDLE' NOT NULL,
	"state_detail" text,
	"state_since" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"configured_seq" integer,
	"mode_seq" integer,
	"plan_seq" integer,
	"usage_seq" integer,
	"slash_commands_seq" integer,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"end_reason" text,
	"archived_at" timestamp (3) with time zone,
	"deleted_at" timestamp (3) with time zone,
	"revision" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "command" (
	"id" text PRIMARY KEY NOT NULL,
	"owner_id" text NOT NULL,
	"host_id" text NOT NULL,
	"number" integer NOT NULL,
	"session_id" text,
	"sender" text NOT NULL,
	"device_id" text,
	"device_name" text,
	"rung" text,
	"key" text NOT NULL,
	"proof" text,
	"kind" text NOT NULL,
	"format" text DEFAULT 'json' NOT NULL,
	"payload" "bytea" NOT NULL,
	"decision_id" text,
	"is_deny" boolean DEFAULT false NOT NULL,
	"state" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"delivered_at" timestamp (3) with time zone,
	"settled_at" timestamp (3) with time zone,
	"refusal_code" text,
	"refusal_message" text,
	"refusal_rule" text,
	"revision" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "command_host_number" UNIQUE("host_id","number"),
	CONSTRAINT "command_sender_key" UNIQUE("sender","key")
);
--> statement-breakpoint
CREATE TABLE "decision" (
	"session_id" text NOT NULL,
	"id" text NOT NULL,
	"owner_id" text NOT NULL,
	"kind" text NOT NULL,
	"epoch" integer NOT NULL,
	"state" text DEFAULT 'OPEN' NOT NULL,
	"opened_seq" integer NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"proposal_id" text,
	"settled_at" timestamp (3) with time zone,
	"outcome" text,
	"option_id" text,
	"option_name" text,
	"answer" text,
	"reason" text,
	"surface" text,
	"winner_device_id" text,
	"winner_device_name" text,
	"winner_command_id" text,
	"revision" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "decision_session_id_id_pk" PRIMARY KEY("session_id","id")
);
--> statement-breakpoint
CREATE TABLE "prompt" (
	"session_id" text NOT NULL,
	"id" text NOT NULL,
	"state" text NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	"first_seq" integer NOT NULL,
	"changed_seq" integer NOT NULL,
	CONSTRAINT "prompt_session_id_id_pk" PRIMARY KEY("session_id","id")
);
--> statement-breakpoint
ALTER TABLE "credential" ADD CONSTRAINT "credential_owner_id_owner_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."owner"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credential" ADD CONSTRAINT "credential_host_id_host_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."host"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "body" ADD CONSTRAINT "body_session_id_session_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."session"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "body_chunk" ADD CONSTRAINT "body_chunk_session_id_session_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."session"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "event" ADD CONSTRAINT "event_session_id_session_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."session"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pairing" ADD CONSTRAINT "pairing_owner_id_owner_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."owner"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "device" ADD CONSTRAINT "device_owner_id_owner_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."owner"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "device_host" ADD CONSTRAINT "device_host_device_id_device_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."device"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "device_host" ADD CONSTRAINT "device_host_host_id_host_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."host"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "host" ADD CONSTRAINT "host_owner_id_owner_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."owner"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_owner_id_owner_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."owner"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "push_subscription" ADD CONSTRAINT "push_subscription_device_id_device_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."device"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_owner_id_owner_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."owner"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_host_id_host_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."host"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "command" ADD CONSTRAINT "command_owner_id_owner_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."owner"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "command" ADD CONSTRAINT "command_host_id_host_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."host"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "command" ADD CONSTRAINT "command_session_fk" FOREIGN KEY ("session_id") REFERENCES "public"."session"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "decision" ADD CONSTRAINT "decision_session_id_session_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."session"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "decision" ADD CONSTRAINT "decision_owner_id_owner_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."owner"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "prompt" ADD CONSTRAINT "prompt_session_id_session_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."session"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "attempt_kind_at" ON "attempt" USING btree ("kind","at");--> statement-breakpoint
CREATE INDEX "attempt_kind_address_at" ON "attempt" USING btree ("kind","address","at");--> statement-breakpoint
CREATE INDEX "challenge_expiry" ON "challenge" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "credential_host" ON "credential" USING btree ("host_id");--> statement-breakpoint
CREATE INDEX "credential_expiry" ON "credential" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "body_incomplete" ON "body" USING btree ("completed_at","created_at");--> statement-breakpoint
CREATE INDEX "pairing_owner" ON "pairing" USING btree ("owner_id");--> statement-breakpoint
CREATE INDEX "pairing_expiry" ON "pairing" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "device_owner" ON "device" USING btree ("owner_id");--> statement-breakpoint
CREATE INDEX "device_host_host" ON "device_host" USING btree ("host_id");--> statement-breakpoint
CREATE INDEX "host_owner" ON "host" USING btree ("owner_id");--> statement-breakpoint
CREATE INDEX "session_owner_updated" ON "session" USING btree ("owner_id","updated_at","id");--> statement-breakpoint
CREATE INDEX "session_host" ON "session" USING btree ("host_id");--> statement-breakpoint
CREATE INDEX "command_session" ON "command" USING btree ("session_id","number");--> statement-breakpoint
CREATE INDEX "command_unsettled" ON "command" USING btree ("host_id","number") WHERE "command"."state" in ('QUEUED', 'DELIVERED');--> statement-breakpoint
CREATE INDEX "command_decision" ON "command" USING btree ("session_id","decision_id");--> statement-breakpoint
CREATE INDEX "decision_owner" ON "decision" USING btree ("owner_id","state","opened_at");--> statement-breakpoint
CREATE INDEX "prompt_order" ON "prompt" USING btree ("session_id","first_seq");