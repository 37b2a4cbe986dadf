ALTER TABLE "admin_token" ADD COLUMN "made_by" text;--> statement-breakpoint
CREATE INDEX "admin_token_made_by" ON "admin_token" USING btree ("made_by");