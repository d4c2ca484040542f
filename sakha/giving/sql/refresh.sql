-- Shows what may be shown, and takes away what may not any more. A need is described
-- by kind, place and size of the household as closely as at least p_crowd_min registered households with such a need
-- share the description; and parts of a place are told only where those too small for it are together none or a crowd
-- again, so that nobody is left over by elimination (rules/crowds.py holds the same order).
CREATE OR REPLACE FUNCTION giving_refresh_listings(
  p_at timestamptz, p_day date, p_kinds smallint[], p_bands int[], p_crowd_min int, OUT shown_count int, OUT left_count int
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  IF NOT access_is_system() THEN
    RAISE EXCEPTION 'only the system lists needs' USING errcode = 'insufficient_privilege';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('giving_refresh_listings'));
  CREATE TEMPORARY TABLE giving_fit ON COMMIT DROP AS
  WITH needy AS (
    SELECT s.household_id, s.kind, s.period, s.severity, s.state, h.province, h.county, h.is_protected,
           coalesce((s.confirmed_at AT TIME ZONE 'Asia/Tehran')::date, s.evidence_on) AS verified_on,
           (SELECT count(*) FROM unnest(p_bands) AS most
             WHERE most < (SELECT count(*) FROM registry_membership m
                            WHERE m.household_id = h.id AND m.to_on IS NULL)) + 1 AS band
      FROM scoring_need s JOIN registry_household h ON h.id = s.household_id
     WHERE s.state IN (2, 3, 4) AND s.kind = ANY (p_kinds) AND s.expires_on >= p_day AND h.merged_into_id IS NULL),
  counties AS (
    SELECT kind, province, county, count(*) AS crowd FROM needy GROUP BY kind, province, county),
  provinces AS (
    SELECT kind, province, coalesce(sum(crowd) FILTER (WHERE crowd < p_crowd_min), 0) AS rest
      FROM counties GROUP BY kind, province),
  placed AS (
    SELECT n.*, CASE WHEN c.crowd >= p_crowd_min AND (p.rest = 0 OR p.rest >= p_crowd_min)
                     THEN n.county ELSE '' END AS told_county
      FROM needy n JOIN counties c USING (kind, province, county) JOIN provinces p USING (kind, province)),
  -- Where the county isn't told, the crowd is those of the province whose county isn't.
  sizes AS (
    SELECT kind, province, told_county, band, count(*) AS crowd FROM placed GROUP BY kind, province, told_county, band),
  places AS (
    SELECT kind, province, told_county, sum(crowd) AS crowd,
           coalesce(sum(crowd) FILTER (WHERE crowd < p_crowd_min), 0) AS rest
      FROM sizes GROUP BY kind, province, told_county)
  SELECT c.household_id, c.kind, c.period, c.severity, c.state = 3 AS is_confirmed, c.verified_on, c.province,
         c.told_county AS county,
         CASE WHEN s.crowd >= p_crowd_min AND (w.rest = 0 OR w.rest >= p_crowd_min) THEN c.band ELSE 0 END AS size_band,
         n.target, n.held + n.delivered AS covered
    FROM placed c
    JOIN sizes s USING (kind, province, told_county, band)
    JOIN places w USING (kind, province, told_county)
    JOIN ledger_need n ON n.household_id = c.household_id AND n.kind = c.kind AND n.period = c.period
   WHERE w.crowd >= p_crowd_min AND NOT c.is_protected
     -- A household that proved to be this one and took its leave back since binds this one too.
     AND EXISTS (SELECT 1 FROM giving_publishing_leave p
                  WHERE p.household_id = c.household_id AND p.withdrawn_at IS NULL
                    AND NOT EXISTS (
                      SELECT 1 FROM giving_publishing_leave other JOIN registry_household m ON m.id = other.household_id
                       WHERE m.merged_into_id = c.household_id AND other.withdrawn_at >= p.given_at));

  -- A row is written only where something of it changed: most needs are as they were an hour ago.
  UPDATE giving_listing l
     SET county = n.county, size_band = n.size_band, severity = n.severity, is_confirmed = n.is_confirmed,
         verified_on = n.verified_on, target_rial = greatest(n.target, l.given_rial),
         elsewhere_rial = n.elsewhere_rial, left_at = NULL
    FROM (
      SELECT o.id, f.county, f.size_band, f.severity, f.is_confirmed, f.verified_on,
             f.target,
             -- Of the money that is counted here only what was drawn for this very need: some may have gone to its like.
             greatest(0, f.covered - (
               SELECT coalesce(sum(least(g.counted_rial, drawn.rial)), 0) FROM giving_gift g
                CROSS JOIN LATERAL (
                  SELECT sum(t.amount_rial) AS rial FROM giving_transfer t
                    JOIN giving_draw d ON d.id = t.draw_id AND d.state IN ('HELD', 'DELIVERED')
                    JOIN ledger_hold h ON h.id = d.hold_id AND h.household_id = o.household_id AND h.kind = o.kind
                                      AND h.period = o.period
                   WHERE t.gift_id = g.id AND t.to_account = 4) AS drawn
                WHERE g.listing_id = o.id AND g.counted_rial > 0)) AS elsewhere_rial
        FROM giving_listing o JOIN giving_fit f USING (household_id, kind, period)) AS n
   WHERE n.id = l.id
     AND (l.left_at IS NOT NULL
          OR (l.county, l.size_band, l.severity, l.is_confirmed, l.verified_on, l.target_rial, l.elsewhere_rial)
             IS DISTINCT FROM
             (n.county, n.size_band, n.severity, n.is_confirmed, n.verified_on, greatest(n.target, l.given_rial),
              n.elsewhere_rial));
  INSERT INTO giving_listing (id, code, household_id, kind, period, province, county, size_band, severity,
                              is_confirmed, verified_on, target_rial, given_rial, elsewhere_rial, seen_count, listed_at)
  SELECT one.id, upper(lpad(to_hex((one.id * 2654435761) % 4294967296), 8, '0')), one.household_id, one.kind,
         one.period, one.province, one.county, one.size_band, one.severity, one.is_confirmed, one.verified_on,
         one.target, 0, one.covered, 0, p_at
    FROM (SELECT nextval(pg_get_serial_sequence('giving_listing', 'id')) AS id, f.* FROM giving_fit f
           WHERE f.covered < f.target AND NOT EXISTS (
             SELECT 1 FROM giving_listing l
              WHERE l.household_id = f.household_id AND l.kind = f.kind AND l.period = f.period)) one;
  UPDATE giving_listing l SET left_at = p_at
   WHERE l.left_at IS NULL AND NOT EXISTS (
     SELECT 1 FROM giving_fit f WHERE f.household_id = l.household_id AND f.kind = l.kind AND f.period = l.period);
  GET DIAGNOSTICS left_count = ROW_COUNT;
  SELECT count(*) INTO shown_count FROM giving_listing l WHERE l.left_at IS NULL;
  DROP TABLE giving_fit;
END $$;
