-- needs: none
-- Who trains whom, when and where, and who was there.
CREATE TABLE training_session (
    id BIGINT PRIMARY KEY,
    organisation_id BIGINT NOT NULL,        -- whose session it is
    campaign_id BIGINT,                     -- for whose training phase
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    trainer TEXT NOT NULL,
    place TEXT NOT NULL,                    -- empty: online only
    link TEXT NOT NULL,                     -- empty: in the room only
    begins_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    sign_up_until BIGINT NOT NULL,
    capacity BIGINT,
    state TEXT NOT NULL,                    -- planned, cancelled
    reason TEXT,                            -- why it was cancelled
    room_code TEXT NOT NULL,                -- shown in the room
    signed_up BIGINT NOT NULL,              -- how many: so that the last seat goes once
    version BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX training_session_of ON training_session (organisation_id, begins_at);
CREATE INDEX training_session_begin ON training_session (begins_at, id);

-- Holders of a role at the organisation or below it.
CREATE TABLE training_audience (
    session_id BIGINT NOT NULL,
    organisation_id BIGINT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (session_id, organisation_id, role)
);
CREATE INDEX training_audience_of ON training_audience (organisation_id, role);

CREATE TABLE training_material (
    id BIGINT PRIMARY KEY,
    session_id BIGINT NOT NULL,
    title TEXT NOT NULL,
    url TEXT,                               -- of a link
    file_name TEXT,                         -- of a file
    content_type TEXT,
    octets BIGINT,
    added_at BIGINT NOT NULL
);
CREATE INDEX training_material_of ON training_material (session_id, id);
CREATE TABLE training_file (
    material_id BIGINT NOT NULL,
    piece BIGINT NOT NULL,
    octets BYTEA NOT NULL,
    PRIMARY KEY (material_id, piece)
);

-- The organisation and the role for which somebody comes are kept as they were.
CREATE TABLE training_attendance (
    session_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    organisation_id BIGINT NOT NULL,
    role TEXT NOT NULL,
    signed_up BIGINT NOT NULL,
    attended BIGINT NOT NULL,
    how TEXT NOT NULL,                      -- list, code; empty: not attended
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (session_id, account_id)
);
CREATE INDEX training_attendance_by ON training_attendance (account_id, session_id);
CREATE INDEX training_attendance_for ON training_attendance (organisation_id, role) WHERE attended = 1;
