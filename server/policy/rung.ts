/** The ladder, for those who ask what is allowed; it lives with the rows that carry it. */
export { lowestRung, RUNGS, type Rung, rungAtLeast } from '../store/rung.ts'
