import type { Command } from '#commands/command.ts'

export interface LocalUsage {
  usage: string
  summary: string
}

/** What belongs together for people, by the noun that names begin with; what is in none comes last. */
const SECTIONS: readonly [title: string, nouns: string][] = [
  ['Apps', 'apps create destroy settings urls start stop restart starters export apply plan'],
  ['Deploy and roll back', 'deploy deployments cancel releases rollback publish'],
  ['How apps are built', 'build eject image registries stack-images'],
  ['Sources', 'source webhooks git-accounts remote uploads'],
  ['Processes, commands and jobs', 'ps scale limits crashes sleep wake run shell exec runs jobs'],
  ['Env variables', 'env env-groups'],
  ['Domains and certificates', 'domains certificates issuers dns-providers base-domain'],
  [
    'Routing',
    'routing paths redirects basic-auth access maintenance headers hsts ports trusted-proxies',
  ],
  ['Volumes and databases', 'volumes addons'],
  ['Backups', 'backup backups destinations drills restores'],
  [
    'Logs, metrics and alerts',
    'logs traffic access-log metrics uptime alerts alert-rules channels drains hooks',
  ],
  [
    'People, tokens and keys',
    'whoami second-factor users invitations teams tokens keys deploy-keys ssh sign-in-link sign-in-providers audit',
  ],
  ['The server', 'nodes disk trash firewall egress exposure host-care'],
]

/** docs/COMMANDS.md, of the table that `vastrox help` reads. */
export function commandsPage(
  commands: readonly Command[],
  local: readonly LocalUsage[],
  rootOnly: readonly LocalUsage[],
): string {
  const sectionOf = ({ name }: Command): string => {
    const [noun = ''] = name.split(':')
    return SECTIONS.find(([, nouns]) => nouns.split(' ').includes(noun))?.[0] ?? 'More'
  }
  const titles = [...SECTIONS.map(([title]) => title), 'More']
  const sections = titles.flatMap((title) => {
    const own = commands.filter((command) => sectionOf(command) === title)
    if (own.length === 0) return []
    const rows = own.map(
      (command) => `| ${called(command)} | ${cell(command.summary)} | ${mayOf(command)} |`,
    )
    return [
      `## ${title}\n\n| command | what it does | needs |\n| --- | --- | --- |\n${rows.join('\n')}`,
    ]
  })
  return `# Commands

<!-- Made from the command table: pnpm client. Do not edit. -->

The same commands everywhere:

- on the server, as root: \`vastrox apps\`
- over SSH, with a key of yours: \`ssh -p 2222 vastrox@vastrox.example.com apps\`
- \`vastrox help\` lists them, \`vastrox help env:set\` tells more of one; \`env set\` is \`env:set\`.

\`--json\` prints one JSON value and nothing else. Exit codes: 0 it is done, 1 it failed and the reason was printed, 2 it could not be
understood. What may not be on a command line (passwords, tokens, values of secrets) is piped in. \`--team NAME\`: root works in that team.
**Needs** is the permission that your role, token or key must have.

${sections.join('\n\n')}

## On the server alone

These work with the daemon dead, too; root types them on the server.

| command | what it does |
| --- | --- |
${[...local, ...rootOnly].map(({ usage, summary }) => `| \`vastrox ${cell(usage)}\` | ${cell(summary)} |`).join('\n')}
`
}

function called({ name, aliases = [], usage, options = {} }: Command): string {
  const unsaid = Object.keys(options).filter((option) => !mentions(usage, option, options[option]))
  const more = unsaid.map(
    (option) => ` [--${option}${options[option]?.type === 'string' ? ' …' : ''}]`,
  )
  const also =
    aliases.length === 0 ? '' : `<br>also ${aliases.map((each) => `\`${each}\``).join(', ')}`
  return `\`${cell(`vastrox ${name} ${usage}${more.join('')}`.trimEnd())}\`${also}`
}

const mentions = (
  usage: string,
  option: string,
  kind: { short?: string | undefined } | undefined,
): boolean =>
  usage.includes(`--${option}`) || (kind?.short !== undefined && usage.includes(`-${kind.short}`))

const mayOf = ({ permission }: Command): string =>
  permission === 'signed-in' ? 'to be signed in' : `\`${permission}\``

const cell = (text: string): string => text.replaceAll('|', '\\|')
