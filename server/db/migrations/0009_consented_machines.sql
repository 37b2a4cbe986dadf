ALTER TABLE "device" ADD COLUMN "made_at_host_id" text;--> statement-breakpoint
ALTER TABLE "host" ADD COLUMN "by_setup_code" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "device" ADD CONSTRAINT "device_made_at_host_id_host_id_fk" FOREIGN KEY ("made_at_host_id") REFERENCES "public"."host"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- Whoever brought the first person into being held the setup code. Scripts made before this make no first token: one made anew does.
UPDATE "host" SET "by_setup_code" = true WHERE "id" = (
  SELECT h."id" FROM "host" h WHERE h."owner_id" = (SELECT o."id" FROM "owner" o ORDER BY o."created_at", o."id" LIMIT 1)
  ORDER BY h."enrolled_at", h."id" LIMIT 1
);
