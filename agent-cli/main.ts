/** The `offdesk` command: names and explains its commands, turns mistakes into one sentence and an exit code. */
import { Command, InvalidArgumentError, Option } from 'commander'
import pkg from '../package.json' with { type: 'json' }
import { agents } from './commands/agents.ts'
import { verifyAudit } from './commands/audit.ts'
import { addScript, listDevices, trustDevice } from './commands/devices.ts'
import { admitMachines } from './commands/devices-admit.ts'
import { confirmPairing, pairDevice } from './commands/devices-pair.ts'
import { pinPasskeys } from './commands/devices-pin.ts'
import { revokeAllDevices, revokeDevice } from './commands/devices-revoke.ts'
import { invite } from './commands/invite.ts'
import { login } from './commands/login.ts'
import { Mistake } from './commands/mistake.ts'
import { recover } from './commands/recover.ts'
import { wordsOf } from './commands/refused.ts'
import { run } from './commands/run.ts'
import { say } from './commands/say.ts'
import { serve } from './commands/serve.ts'
import { sessions } from './commands/sessions.ts'
import { start } from './commands/start.ts'
import { answer, cancel, decide, mode, send } from './commands/steer.ts'

const RUNGS = ['view', 'answer', 'steer', 'full'] as const
type RungWord = (typeof RUNGS)[number]
const rung = <W extends RungWord>(word: W) => word.toUpperCase() as Uppercase<W>
const port = (text: string): number => {
  const value = Number(text)
  if (Number.isInteger(value) && value > 0 && value < 65_536) return value
  throw new InvalidArgumentError('a port is a whole number from 1 to 65535.')
}

const WHICH = 'error: say which device, or --all, and not both. “offdesk devices” lists them.'
const REACH = 'how a phone gets here: "tailscale" sets up Tailscale Serve, an https address names your own proxy'
const SERVER = 'address of the server (default: the one on this machine, else the one you logged in to)'

const program = new Command('offdesk')
  .description('Leave the desk while your coding agent keeps working: see its session on a phone and steer it.')
  .version(pkg.version)
  .configureHelp({ subcommandTerm: (command) => command.name() })
  .enablePositionalOptions()
  .showHelpAfterError('“offdesk --help” explains the commands.')
  .addHelpText(
    'after',
    `
Examples:
  offdesk                                  server, demo agent and QR, all in this terminal
  offdesk start claude --reach tailscale   the same with Claude Code, for a phone anywhere
  offdesk run opencode --remote            an agent here, remote on, with a server that runs already
  offdesk run -- my-agent --acp            any agent that speaks the Agent Client Protocol; remote stays off
  offdesk devices                          who may attach; pair, confirm, trust, revoke

Data is kept in one folder (OFFDESK_DATA_DIR); DATABASE_URL makes the server use PostgreSQL.`,
  )

program
  .command('start', { isDefault: true })
  .description('start server and agent together, with remote on (the demo agent when none is named)')
  .argument('[agent]', 'name of a known agent (see "offdesk agents")')
  .argument('[command...]', 'after "--": the command of any other ACP agent')
  .option('--reach <where>', REACH)
  .option('--server <url>', 'join this server instead of starting one here')
  .option('--port <number>', 'port of the server on 127.0.0.1 (default 4747)', port)
  .option('--cwd <folder>', 'folder the agent works in')
  .option('--name <title>', 'name of the session')
  .option('--resume <session>', 'go on with an earlier session of this machine: same row on the phone')
  .addOption(new Option('--allow <rung>', 'most a device may do here').choices(RUNGS).default('steer'))
  .action((agent, command, flags) => {
    const wanted = splitAgent(agent, command)
    return start({
      ...wanted,
      cwd: flags.cwd,
      name: flags.name,
      ceiling: rung(flags.allow as RungWord),
      reach: flags.reach,
      server: flags.server ?? process.env.OFFDESK_SERVER,
      port: flags.port,
      resume: flags.resume,
    })
  })

program
  .command('run')
  .description('run an agent in this terminal; nothing leaves the machine unless remote is turned on')
  .argument('[agent]', 'name of a known agent (see "offdesk agents")')
  .argument('[command...]', 'after "--": the command of any other ACP agent')
  .addOption(
    new Option('--remote [rung]', 'turn remote on; most a device may do here (view, answer, steer, full)')
      .choices(RUNGS)
      .preset('steer'),
  )
  .option('--server <url>', SERVER)
  .option('--cwd <folder>', 'folder the agent works in')
  .option('--name <title>', 'name of the session')
  .option('--resume <session>', 'go on with an earlier session of this machine: same row on the phone')
  .action((agent, command, flags) => {
    const wanted = splitAgent(agent, command)
    return run({
      ...wanted,
      cwd: flags.cwd,
      name: flags.name,
      remote: flags.remote ? rung(flags.remote as RungWord) : undefined,
      server: flags.server ?? process.env.OFFDESK_SERVER,
      resume: flags.resume,
    })
  })

program
  .command('serve')
  .description('run the server alone; its first start prints a setup code and a link for its owner')
  .option('--port <number>', 'port on 127.0.0.1 (default 4747)', port)
  .option('--reach <where>', REACH)
  .action((flags) => serve({ port: flags.port, reach: flags.reach }))

program
  .command('recover')
  .description('at the machine of the server: let its owner in again who has no workstation and no passkey left')
  .action(recover)

program
  .command('login')
  .description('make this machine known to a server, by its setup code or by a device that is paired or signed in')
  .argument('<url>', 'address of the server')
  .option('--code <setup code>', 'what the server printed when it started')
  .option('--name <name>', 'name of this machine (default: its host name)')
  .addOption(new Option('--allow <rung>', 'what the device that lets it in may do here').choices(RUNGS).default('full'))
  .action((url, flags) => login(url, { code: flags.code, name: flags.name, rung: rung(flags.allow as RungWord) }))

program
  .command('invite')
  .description('make a one-time link: for somebody else, or for a passkey of your own')
  .argument('[name]', 'who is invited')
  .option('--myself', 'a link by which you add a passkey to sign in with', false)
  .option('--hours <number>', 'how long it works', Number, 72)
  .option('--server <url>', SERVER)
  .action((name, flags) =>
    invite(
      name,
      { isMyself: flags.myself, hours: flags.hours },
      { server: flags.server ?? process.env.OFFDESK_SERVER },
    ),
  )

program
  .command('sessions')
  .description('list the sessions of this machine')
  .option('--json', 'as JSON', false)
  .option('--server <url>', SERVER)
  .action((flags) => sessions({ server: flags.server, json: flags.json }))

program.command('agents').description('list known agents, which are installed, and how to run them').action(agents)

program
  .command('audit')
  .description('check an exported audit')
  .command('verify')
  .description('check that no entry of an export was changed, left out or put elsewhere; needs no server')
  .argument('<file>', 'the lines as auditExport gave them; "-" reads standard input')
  .option('--after <number:hash>', 'where an earlier export ended, as its verification said')
  .action((file, flags) => verifyAudit(file, { after: flags.after }))

const devices = program
  .command('devices')
  .description('who may attach to this machine’s sessions')
  .option('--server <url>', SERVER)
const at = () => ({ server: devices.opts<{ server?: string }>().server })
devices.action(() => listDevices(at()))
devices
  .command('pair')
  .description('show a QR and a code, and ask for the key press')
  .addOption(new Option('--allow <rung>', 'what the device may do').choices(RUNGS).default('steer'))
  .action((flags) => pairDevice(rung(flags.allow as RungWord), at()))
devices
  .command('confirm')
  .description('confirm the device that waits to be paired')
  .argument('[code]', 'the six signs on its screen; without it you are asked')
  .action((code) => confirmPairing(code, at()))
devices
  .command('trust')
  .description('trust a device that was paired on another machine, or on which you have signed in')
  .argument('<device>', 'its name or id')
  .addOption(new Option('--allow <rung>', 'what one may do that you signed in on').choices(RUNGS).default('steer'))
  .action((which, flags) => trustDevice(which, { allow: rung(flags.allow as RungWord) }, at()))
devices
  .command('pin')
  .description('let a device’s passkey vouch for it on this machine')
  .argument('[code]', 'the six signs on its screen; without it you are asked')
  .action((code) => pinPasskeys(code, at()))
devices
  .command('admit')
  .description('let in another workstation that a device of yours asks for')
  .argument('[code]', 'the six signs on its screen; without it you are asked')
  .action((code) => admitMachines(code, at()))
devices
  .command('revoke')
  .description('end all a device may do, at once; also with the server away')
  .argument('[device]', 'its name or id')
  .option('--all', 'every device and script', false)
  .action((which, flags) => {
    if ((which === undefined) !== flags.all) return devices.error(WHICH)
    return which === undefined ? revokeAllDevices(at()) : revokeDevice(which, at())
  })
devices
  .command('add-script')
  .description('make a device for a script: a file with its token and the key it signs with; prints the path')
  .argument('<name>', 'what it is called in the lists')
  .addOption(new Option('--allow <rung>', 'what it may do').choices(RUNGS).default('view'))
  .option('--unattended', 'let it do without a passkey what a person needs one for')
  .option('--key <file>', 'where to put the file (default: the data folder)')
  .action((name, flags) => {
    const how = { rung: rung(flags.allow as RungWord), out: flags.key, isUnattended: flags.unattended === true }
    return addScript(name, how, at())
  })

const asScript = (name: string, what: string) =>
  program
    .command(name)
    .description(`${what}, signed with a script’s key`)
    .option('--key <file>', 'key file of a script, or its name (default: OFFDESK_KEY)')
    .option('--once <key>', 'the same key again is the same command: 16 to 64 of A-Z, a-z, 0-9, _ and -')
    .option('--wait <seconds>', 'how long to wait for the end', Number, 30)
const hands = (flags: { key?: string; once?: string; wait: number }) => ({
  ...{ key: flags.key, once: flags.once, waitSeconds: flags.wait },
})
asScript('send', 'send a prompt to a session')
  .argument('<session>')
  .argument('<text>')
  .option('--now', 'interrupt what runs', false)
  .option('--mode <mode>', 'the mode it runs under')
  .action((session, text, flags) => send(session, text, { ...hands(flags), now: flags.now, mode: flags.mode }))
asScript('answer', 'answer a question, field by field')
  .argument('<session>')
  .argument('<decision>')
  .argument('[values...]', 'field=value')
  .option('--decline [reason]', 'do not answer')
  .option('--evidence <digest>', 'SHA-256 of what you have read; anything else is not answered')
  .action((session, decision, values, flags) => answer(session, decision, values, { ...hands(flags), ...flags }))
asScript('decide', 'choose an option of a permission or a plan')
  .argument('<session>')
  .argument('<decision>')
  .argument('<option>', 'its id or name')
  .option('--reason <words>', 'said to the agent')
  .option('--evidence <digest>', 'SHA-256 of what you have read; anything else is not answered')
  .action((session, decision, option, flags) => decide(session, decision, option, { ...hands(flags), ...flags }))
asScript('mode', 'ask for a mode')
  .argument('<session>')
  .argument('<mode>', 'its id or name')
  .action((session, named, flags) => mode(session, named, hands(flags)))
asScript('cancel', 'cancel the turn that runs')
  .argument('<session>')
  .action((session, flags) => cancel(session, hands(flags)))

/** `run -- my-agent --acp`: commander gives the first word as the agent; after "--" everything is the command. */
function splitAgent(agent: string | undefined, command: string[]): { agent: string | undefined; command: string[] } {
  const dashes = process.argv.indexOf('--')
  if (dashes < 0) return { agent, command }
  const words = process.argv.slice(dashes + 1)
  const isNamed = agent !== undefined && process.argv.slice(2, dashes).includes(agent)
  return { agent: isNamed ? agent : undefined, command: words }
}

/** `run --remote claude`: the word behind --remote is a rung only if it is one; commander would take the agent's name for it. */
function typed(): string[] {
  const words = process.argv.slice(2)
  const dashes = words.indexOf('--')
  const isPlain = (at: number) =>
    words[at] === '--remote' && (dashes < 0 || at < dashes) && !RUNGS.some((rung) => rung === words[at + 1])
  return words.map((word, at) => (isPlain(at) ? '--remote=steer' : word))
}

try {
  await program.parseAsync(typed(), { from: 'user' })
} catch (error) {
  const words = error instanceof Mistake ? error.message : wordsOf(error)
  if (words === null) throw error
  say(words)
  process.exitCode = error instanceof Mistake ? error.exitCode : 1
}
