-- +goose Up
-- What only one process at a time may do, and who does it until when.

CREATE TABLE leases (
	name        TEXT   NOT NULL PRIMARY KEY,
	holder      TEXT   NOT NULL,
	lease_until BIGINT NOT NULL
);

-- +goose Down
DROP TABLE leases;
