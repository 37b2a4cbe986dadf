// Loaded before a program: its wall clock is off by the number of milliseconds in the file that OFFDESK_FAULT_CLOCK names, read again at SIGUSR2.
import { readFileSync } from 'node:fs'

const path = process.env.OFFDESK_FAULT_CLOCK
if (path) {
  const RealDate = globalThis.Date
  const realNow = RealDate.now.bind(RealDate)
  let offMs = 0
  const read = () => {
    try {
      offMs = Number(readFileSync(path, 'utf8')) || 0
    } catch {
      offMs = 0
    }
  }
  read()
  process.on('SIGUSR2', read)
  globalThis.Date = class ShiftedDate extends RealDate {
    constructor(...given) {
      if (given.length === 0) super(realNow() + offMs)
      else super(...given)
    }
    static now() {
      return realNow() + offMs
    }
    static [Symbol.hasInstance](value) {
      return RealDate[Symbol.hasInstance].call(RealDate, value)
    }
  }
}
