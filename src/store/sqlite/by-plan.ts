/** Condition for a group that waits for its time alone. */
export const BY_PLAN = `(attempt_groups.state = 'waiting' AND not_before IS planned_for)`
