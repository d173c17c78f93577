-- +goose Up

-- Rows are read by every later version: add columns and tables in a new file,
-- never change this one. Times are whole seconds since 1970. Identifiers and
-- hashes are raw bytes. An account column that is NULL means "no account".

PRAGMA application_id = 1131636590; -- "Csgn"

CREATE TABLE account (
    id       BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 32),
    name     TEXT    NOT NULL,
    key      TEXT    NOT NULL UNIQUE,
    password BLOB    NOT NULL,
    limits   BLOB    NOT NULL,
    two_step INTEGER NOT NULL CHECK (two_step IN (0, 1)),
    events   INTEGER NOT NULL DEFAULT 0 CHECK (events >= 0), -- seq of the newest event
    created  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE entry (
    account BLOB    NOT NULL REFERENCES account (id),
    seq     INTEGER NOT NULL CHECK (seq >= 0),
    raw     BLOB    NOT NULL,
    PRIMARY KEY (account, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
    account BLOB    NOT NULL REFERENCES account (id),
    seq     INTEGER NOT NULL CHECK (seq >= 1),
    kind    TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    data    BLOB    NOT NULL,
    PRIMARY KEY (account, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE sign_in (
    n       INTEGER NOT NULL PRIMARY KEY, -- order of arrival
    id      BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    account BLOB    NOT NULL REFERENCES account (id),
    session BLOB    NOT NULL CHECK (length(session) = 32),
    open    INTEGER NOT NULL CHECK (open IN (0, 1)),
    due     INTEGER NOT NULL,
    row     BLOB    NOT NULL
) STRICT;
CREATE INDEX sign_in_session ON sign_in (session);
CREATE INDEX sign_in_open ON sign_in (account) WHERE open = 1;
CREATE INDEX sign_in_due ON sign_in (open, due);

CREATE TABLE ticket (
    n       INTEGER NOT NULL PRIMARY KEY, -- order of arrival
    kind    TEXT    NOT NULL CHECK (kind <> ''),
    hash    BLOB    NOT NULL CHECK (length(hash) = 32),
    account BLOB             REFERENCES account (id),
    device  BLOB    NOT NULL CHECK (length(device) = 16),
    name    TEXT    NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    data    BLOB    NOT NULL,
    UNIQUE (kind, hash)
) STRICT;
CREATE INDEX ticket_account ON ticket (account, kind, created);
CREATE INDEX ticket_expires ON ticket (expires);

CREATE TABLE counter (
    key     BLOB    NOT NULL PRIMARY KEY CHECK (length(key) = 32),
    expires INTEGER NOT NULL,
    data    BLOB    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX counter_expires ON counter (expires);

CREATE TABLE notice (
    id      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, -- an id sent once never names another notice
    account BLOB             REFERENCES account (id),
    kind    TEXT    NOT NULL,
    data    BLOB    NOT NULL,
    created INTEGER NOT NULL,
    due     INTEGER NOT NULL,
    tries   INTEGER NOT NULL CHECK (tries >= 0)
) STRICT;
CREATE INDEX notice_due ON notice (due);
