-- Devices without a browser, and signing out of apps.
-- needs: none
ALTER TABLE app ADD COLUMN device BIGINT NOT NULL DEFAULT 0;   -- 1: runs on devices without a browser
ALTER TABLE app ADD COLUMN post_logout_redirect_uris TEXT NOT NULL DEFAULT '[]';  -- JSON
ALTER TABLE app ADD COLUMN backchannel_logout_uri TEXT;
ALTER TABLE app_grant ADD COLUMN session_id BIGINT;            -- it ends with this session, unless it is for offline access
ALTER TABLE app_token ADD COLUMN polled_at BIGINT;             -- when a device asked last
