import { AddIssuer, type CertificateState, UploadCertificate } from '@vastrox/shared/certificate.ts'
import {
  type Command,
  numberOption,
  positional,
  textOption,
  UsageError,
} from '#commands/command.ts'
import { show, table } from '#commands/output.ts'

export const certificateCommands: readonly Command[] = [
  {
    name: 'certificates',
    aliases: ['certificates:list', 'certs'],
    usage: '',
    summary: 'How HTTPS stands for every host, and which certificates there are',
    permission: 'node.read',
    takes: [0, 0],
    async run(context) {
      const { actor } = context
      const states = context.certificates.states(actor)
      const kept = context.certificates.list(actor)
      await show(context, { states, certificates: kept }, () => {
        const brought = kept.filter(({ source }) => source === 'uploaded')
        const rows = states.map((state) => [
          state.host,
          state.state,
          state.certificate?.issuer ?? '-',
          state.certificate?.notAfter.slice(0, 10) ?? '-',
          wordsOf(state),
        ])
        return [
          rows.length === 0
            ? 'No host is to have a certificate of a CA.\n'
            : table(['host', 'state', 'issuer', 'until', ''], rows),
          brought.length === 0
            ? ''
            : `\n${table(
                ['uploaded', 'names', 'issuer', 'until'],
                brought.map((each) => [
                  each.id,
                  each.names.join(' '),
                  each.issuer,
                  each.notAfter.slice(0, 10),
                ]),
              )}`,
        ].join('')
      })
    },
  },
  {
    name: 'certificates:history',
    usage: '<host>',
    summary: 'What became of the certificate of a host, step by step',
    permission: 'node.read',
    takes: [1, 1],
    async run(context, args) {
      const events = context.certificates.history(context.actor, positional(args, 0))
      await show(context, events, () =>
        events.length === 0
          ? 'Nothing yet.\n'
          : table(
              ['when', 'what', 'issuer', ''],
              events.map(({ lastAt, kind, issuer, detail, times }) => [
                `${lastAt.slice(0, 19)}Z`,
                times === 1 ? kind : `${kind}, ${times} times`,
                issuer ?? '-',
                detail ?? '',
              ]),
            ),
      )
    },
  },
  {
    name: 'certificates:renew',
    usage: '<host>',
    summary: 'Order a certificate for the host now, within the limits of the CAs',
    permission: 'node.change',
    takes: [1, 1],
    async run(context, args) {
      const state = context.certificates.renew(context.actor, positional(args, 0))
      await show(context, state, () => `${state.host}: ${state.state}. ${wordsOf(state)}\n`)
    },
  },
  {
    name: 'certificates:upload',
    usage: '[--check] < chain-and-key.pem',
    summary: 'Bring a certificate with its chain and key, all in one PEM text on standard input',
    permission: 'node.change',
    options: { check: { type: 'boolean' } },
    takes: [0, 0],
    async run(context, args) {
      const text = context.stdin ?? ''
      const wish = UploadCertificate.safeParse({
        certificatePem: blocksOf(text, 'CERTIFICATE'),
        keyPem: blocksOf(text, '(?:EC |RSA |ENCRYPTED )?PRIVATE KEY'),
      })
      if (!wish.success || wish.data.certificatePem === '' || wish.data.keyPem === '')
        throw new UsageError(
          'Give certificate and key in PEM: cat chain.pem key.pem | vastrox certificates:upload',
        )
      if (args.options['check'] === true) {
        const checked = context.certificates.check(context.actor, wish.data)
        await show(context, checked, () =>
          [
            `For ${checked.names.join(', ')} until ${checked.notAfter.slice(0, 10)}, by ${checked.issuer}.`,
            checked.hosts.length === 0
              ? 'No host here would be served with it.'
              : `Would be served for ${checked.hosts.join(', ')}.`,
            ...checked.warnings,
            '',
          ].join('\n'),
        )
        return
      }
      const uploaded = await context.certificates.upload(context.actor, wish.data)
      await show(context, uploaded, () =>
        [
          `Served for ${uploaded.certificate.names.join(', ')} until ${uploaded.certificate.notAfter.slice(0, 10)}.`,
          ...uploaded.warnings,
          '',
        ].join('\n'),
      )
    },
  },
  {
    name: 'certificates:remove',
    usage: '<id>',
    summary: 'Remove a certificate that somebody brought; the next best is served',
    permission: 'node.change',
    takes: [1, 1],
    async run(context, args) {
      const id = positional(args, 0)
      await context.certificates.remove(context.actor, id)
      await show(context, { id }, () => 'Removed.\n')
    },
  },
  {
    name: 'issuers',
    aliases: ['issuers:list'],
    usage: '',
    summary: 'CAs that certificates are ordered from, in their order',
    permission: 'node.read',
    takes: [0, 0],
    async run(context) {
      const list = context.issuers.list(context.actor)
      await show(context, list, () =>
        [
          table(
            ['issuer', 'what', 'state', 'directory'],
            list.issuers.map((each) => [
              each.name,
              each.title,
              each.restUntil !== null && Date.parse(each.restUntil) > Date.now()
                ? `left alone until ${each.restUntil}`
                : each.isEnabled
                  ? each.stagesFor === null
                    ? 'on'
                    : 'for trying out'
                  : 'off',
              each.directoryUrl,
            ]),
          ),
          `\nKnown by name: ${list.known.map(({ name }) => name).join(', ')}\n`,
        ].join(''),
      )
    },
  },
  {
    name: 'issuers:add',
    usage:
      '<name> [--directory URL] [--email a@b] [--key-id ID] [--profile P] [--chain NAME] [--hmac-stdin | --ca-stdin] < secret or CA bundle',
    summary: 'Order from another CA when those before it cannot',
    permission: 'node.change',
    options: {
      directory: { type: 'string' },
      email: { type: 'string' },
      'key-id': { type: 'string' },
      profile: { type: 'string' },
      chain: { type: 'string' },
      'hmac-stdin': { type: 'boolean' },
      'ca-stdin': { type: 'boolean' },
    },
    takes: [1, 1],
    async run(context, args) {
      const given = context.stdin?.trim()
      const wish = AddIssuer.safeParse({
        name: positional(args, 0),
        directoryUrl: textOption(args, 'directory'),
        email: textOption(args, 'email'),
        bindingKeyId: textOption(args, 'key-id'),
        profile: textOption(args, 'profile'),
        preferredChain: textOption(args, 'chain'),
        bindingHmacKey: args.options['hmac-stdin'] === true ? given : undefined,
        caPem: args.options['ca-stdin'] === true ? given : undefined,
      })
      if (!wish.success) throw new UsageError(wish.error.issues[0]?.message ?? 'That is not right.')
      const issuer = await context.issuers.add(context.actor, wish.data)
      await show(context, issuer, () => `${issuer.title} is asked from now on.\n`)
    },
  },
  {
    name: 'issuers:change',
    usage: '<name> [--on | --off] [--position N] [--profile P]',
    summary: 'Switch a CA on or off, or change when it is asked',
    permission: 'node.change',
    options: {
      on: { type: 'boolean' },
      off: { type: 'boolean' },
      position: { type: 'string' },
      profile: { type: 'string' },
    },
    takes: [1, 1],
    async run(context, args) {
      const { on, off } = args.options
      if (on === true && off === true) throw new UsageError('Use --on or --off.')
      const position = numberOption(args, 'position', 0)
      const profile = textOption(args, 'profile')
      const issuer = context.issuers.change(context.actor, positional(args, 0), {
        ...(on === true || off === true ? { isEnabled: on === true } : {}),
        ...(position === undefined ? {} : { position }),
        ...(profile === undefined ? {} : { profile: profile === '' ? null : profile }),
      })
      await show(context, issuer, () => `${issuer.name} is ${issuer.isEnabled ? 'on' : 'off'}.\n`)
    },
  },
  {
    name: 'issuers:test',
    usage: '<name>',
    summary: 'Ask a CA for its directory and for our account there',
    permission: 'node.change',
    takes: [1, 1],
    async run(context, args) {
      const issuer = await context.issuers.test(context.actor, positional(args, 0))
      await show(context, issuer, () => `${issuer.title} answers, and knows our account.\n`)
    },
  },
  {
    name: 'issuers:remove',
    usage: '<name>',
    summary: 'Order nothing more from a CA; what it gave stays',
    permission: 'node.change',
    takes: [1, 1],
    async run(context, args) {
      const name = positional(args, 0)
      context.issuers.remove(context.actor, name)
      await show(context, { name }, () => `Nothing more is ordered from ${name}.\n`)
    },
  },
]

/** One line: what the CA said, or what must change first. */
function wordsOf({ problem, reason, nextAttemptAt }: CertificateState): string {
  const next = nextAttemptAt === null ? '' : ` (next try ${nextAttemptAt})`
  if (problem) return `${problem.issuer}: ${problem.detail}${next}`
  return reason ? `${reason.message} ${reason.hint}` : ''
}

const blocksOf = (text: string, label: string): string =>
  (text.match(new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----`, 'g')) ?? [])
    .map((block) => `${block}\n`)
    .join('')
