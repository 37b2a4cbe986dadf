/** The ladder of T4 as the schema shows it. */
import { RUNGS } from '../policy/rung.ts'
import { builder } from './builder.ts'

export const Rung = builder.enumType('Rung', { values: RUNGS })
