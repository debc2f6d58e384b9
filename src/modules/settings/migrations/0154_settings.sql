-- needs: none
-- What an organisation has set for itself and all below it; what is not here comes from above, or is as shipped.
CREATE TABLE organisation_setting (
    organisation_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    locked BIGINT NOT NULL,                  -- 1: nobody below may set it otherwise
    changed_at BIGINT NOT NULL,
    changed_by BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, key)
);
