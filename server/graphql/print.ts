/** Writes the schema down as SDL: the contract between the houses. Run as a program it replaces schema.graphql. */
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { buildSchema } from './schema.ts'

/** Sorted, so that two prints of the same schema are the same bytes. */
export const printedSchema = (): string => `${printSchema(lexicographicSortSchema(buildSchema()))}\n`

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  writeFileSync('schema.graphql', printedSchema())
