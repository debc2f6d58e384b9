-- How somebody had signed in when they let an app in (RFC 8176, separated by blanks), for amr.
-- needs: none
ALTER TABLE app_grant ADD COLUMN methods TEXT NOT NULL DEFAULT 'pwd';
