// The real driver as a process: one JSON line with what it found. Argument: {seed, histories, milliseconds, databaseUrl}.
import { drive } from './drive.ts'

process.on('unhandledRejection', () => {})
const driven = await drive(JSON.parse(process.argv[2] ?? '{}'))
process.stdout.write(`${JSON.stringify(driven)}\n`, () => process.exit(0))
