ALTER TABLE "session" ADD COLUMN "headless" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "command" ADD COLUMN "refusal_because" text;