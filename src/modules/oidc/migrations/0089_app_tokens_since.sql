-- What an app was given before this moment is no longer good: it was disabled since, or put back to test.
-- needs: none
ALTER TABLE app ADD COLUMN tokens_since BIGINT;
