-- needs: none
-- Here the counts stay out of the index: a row whose indexed columns do not change is moved without touching any index.
COMMENT ON INDEX progress_path IS 'of schools; without the counts, so that moving them touches no index';
