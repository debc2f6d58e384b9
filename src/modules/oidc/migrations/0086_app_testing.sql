-- Apps that only their testers enter, until somebody has reviewed them.
-- needs: none
ALTER TABLE app ADD COLUMN testing BIGINT NOT NULL DEFAULT 0;
ALTER TABLE app_initial_token ADD COLUMN testing BIGINT NOT NULL DEFAULT 0;  -- 1: what is registered with it is in test
