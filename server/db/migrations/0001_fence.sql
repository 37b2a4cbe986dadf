ALTER TABLE "command" ADD COLUMN "delivered_epoch" integer;--> statement-breakpoint
ALTER TABLE "decision" ADD COLUMN "is_assumed" boolean DEFAULT false NOT NULL;