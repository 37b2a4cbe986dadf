ALTER TABLE "device" ADD COLUMN "verified_at" timestamp (3) with time zone;--> statement-breakpoint
-- What asked for a passkey at VIEW before this was obeyed nowhere; from now on it holds for whom it was meant.
UPDATE "policy" SET "bounds" = ("bounds"::jsonb || jsonb_build_object('looking', jsonb_build_object(
  'minutes', greatest(1, ("settings"::jsonb #>> '{stepUp,value,viewMinutes}')::int), 'from', "settings"::jsonb #> '{stepUp,from}')))::text
  WHERE "bounds" IS NOT NULL AND "settings"::jsonb #>> '{stepUp,value,from}' = 'VIEW';
