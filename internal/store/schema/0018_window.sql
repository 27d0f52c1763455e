-- +goose Up
-- For how long an entry stands in a feed's document, in milliseconds; 0 where that is not
-- known. It outlasts answers that bring no document.

ALTER TABLE feeds ADD COLUMN stands_for BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE feeds DROP COLUMN stands_for;
