-- One card per person, for life. The number is the keyed permutation of the serial; it is found through the serial.
CREATE TABLE card (
    person_id BIGINT PRIMARY KEY,
    serial BIGINT NOT NULL,
    number TEXT NOT NULL,
    state TEXT NOT NULL,             -- active, suspended, left, revoked
    reason TEXT,                     -- lost, misuse, mistake, left, other
    issued_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by BIGINT                -- account; none: the system itself
);
CREATE UNIQUE INDEX card_serial ON card (serial);

-- Up to where serials are handed out, for cards ('card') and for entries of status lists ('status'). Nodes take blocks; what a
-- crash leaves unused of a block stays unused.
CREATE TABLE card_serial_block (
    name TEXT PRIMARY KEY,
    next_serial BIGINT NOT NULL
);
INSERT INTO card_serial_block (name, next_serial) VALUES ('card', 0);
INSERT INTO card_serial_block (name, next_serial) VALUES ('status', 0);

-- A device that shows somebody's card: its public key, and its place in a status list.
CREATE TABLE card_device (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL,
    thumbprint TEXT NOT NULL,
    name TEXT NOT NULL,
    claims_mark TEXT NOT NULL,       -- changes when the credential would say something else
    status_list BIGINT NOT NULL,
    status_index BIGINT NOT NULL,
    status BIGINT NOT NULL,          -- 0 valid, 1 revoked, 2 suspended, as on the wire
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,      -- of the latest credential
    withdrawn_at BIGINT
);
CREATE UNIQUE INDEX card_device_key ON card_device (person_id, thumbprint) WHERE withdrawn_at IS NULL;
CREATE UNIQUE INDEX card_device_status ON card_device (status_list, status_index);
CREATE INDEX card_device_blocked ON card_device (status_list) WHERE status <> 0;

CREATE TABLE status_list (
    id BIGINT PRIMARY KEY,
    uri TEXT NOT NULL,               -- as the credentials quote it, for ever
    version BIGINT NOT NULL          -- counts the changes of its entries
);
CREATE UNIQUE INDEX status_list_uri ON status_list (uri);
