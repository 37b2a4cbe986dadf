-- What an owner's switch said until now is their own word.
UPDATE "policy" SET "own_control" = "remote_control";
--> statement-breakpoint
-- Where an entry belongs is known here, and nobody seals one as it is written.
CREATE FUNCTION offdesk_audit_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.chain = '' THEN
    NEW.chain := coalesce((SELECT organisation_id FROM membership WHERE owner_id = NEW.owner_id), 'server');
  END IF;
  NEW.number := NULL;
  NEW.previous := NULL;
  NEW.hash := NULL;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER audit_entry_place BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION offdesk_audit_place();
--> statement-breakpoint
-- F5: sealed once, removed by retention alone and never under a legal hold, else kept as it is.
CREATE FUNCTION offdesk_audit_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.hash IS NULL AND NEW.hash IS NOT NULL AND NEW.number IS NOT NULL AND NEW.previous IS NOT NULL
      AND (to_jsonb(OLD) - 'number' - 'previous' - 'hash') = (to_jsonb(NEW) - 'number' - 'previous' - 'hash') THEN
      RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an audit entry is never changed';
  END IF;
  IF coalesce(current_setting('offdesk.audit_retention', true), '') = 'on'
    AND NOT EXISTS (SELECT 1 FROM organisation WHERE id = OLD.chain AND legal_hold_since IS NOT NULL) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'an audit entry is removed by retention alone, and never under a legal hold';
END $$;
--> statement-breakpoint
CREATE TRIGGER audit_entry_kept BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION offdesk_audit_kept();
--> statement-breakpoint
CREATE FUNCTION offdesk_history_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a version of a policy is never changed or removed';
END $$;
--> statement-breakpoint
CREATE TRIGGER policy_document_kept BEFORE UPDATE OR DELETE ON policy_document FOR EACH ROW EXECUTE FUNCTION offdesk_history_kept();
--> statement-breakpoint
-- A command and its entry are one transaction, whoever makes the command; no statement more on the way to a host.
CREATE FUNCTION offdesk_audit_command() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit_entry (chain, owner_id, actor, actor_name, surface, action, target, proof, outcome, code, rule, what_digest, line)
  VALUES (
    '', NEW.owner_id, coalesce(NEW.device_id, NEW.sender), coalesce(NEW.device_name, 'the server'),
    CASE WHEN TG_OP = 'UPDATE' THEN 'HOST' WHEN NEW.device_id IS NULL THEN 'SERVER' ELSE 'DEVICE' END,
    'command.' || NEW.kind, NEW.id,
    CASE WHEN NEW.proof IS NULL THEN 'none' ELSE 'sha256:' || encode(sha256(convert_to(NEW.proof, 'UTF8')), 'hex') END,
    CASE WHEN NEW.state = 'QUEUED' THEN 'ASKED' ELSE NEW.state END,
    NEW.refusal_code, left(NEW.refusal_rule, 200), sha256(NEW.payload),
    NEW.kind || CASE WHEN NEW.is_deny THEN ' (deny)' ELSE '' END
      || coalesce(' in ' || NEW.session_id, ' at ' || NEW.host_id) || coalesce(' for ' || left(NEW.decision_id, 64), '')
      || ', ' || octet_length(NEW.payload) || ' bytes'
  );
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER command_asked AFTER INSERT ON command FOR EACH ROW EXECUTE FUNCTION offdesk_audit_command();
--> statement-breakpoint
CREATE TRIGGER command_ended AFTER UPDATE OF state ON command FOR EACH ROW
  WHEN (NEW.state NOT IN ('QUEUED', 'DELIVERED') AND OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION offdesk_audit_command();
