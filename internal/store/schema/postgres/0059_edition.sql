-- +goose Up
-- A number that grows with whatever changes what readers see (store.Edition). A sequence, so
-- that nobody waits for another's transaction.

CREATE SEQUENCE edition;
SELECT nextval('edition'); -- the first one does not move it

-- +goose Down
DROP SEQUENCE edition;
