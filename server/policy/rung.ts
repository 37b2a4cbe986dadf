/** The ladder, for those who ask what is allowed; it lives with the rows that carry it. */
export { lowestRung, RUNGS, type Rung, rungAtLeast, rungWord } from '../store/rung.ts'
