-- needs: none
-- The sessions of a campaign, for who was not trained yet.
CREATE INDEX training_session_campaign ON training_session (campaign_id);
