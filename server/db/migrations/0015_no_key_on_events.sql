ALTER TABLE "event" DROP CONSTRAINT "event_session_id_session_id_fk";
