import {
  BaseDomain,
  BaseDomainCheck,
  CheckBaseDomain,
  MoveBaseDomain,
} from '@vastrox/shared/base-domain.ts'
import { ChangeFirstRun, FirstRun, type FirstStepKey } from '@vastrox/shared/first-run.ts'

interface Asked {
  params: string[]
  body: unknown
}

const UNTIL = '2026-12-27T06:00:00.000Z'
const isNew = Boolean(process.env['MOCK_FIRST_RUN'])
/** Their DNS leads here. */
const READY = 'example.com'

let domain = BaseDomain.parse({
  name: '203-0-113-7.sslip.io',
  dashboardUrl: 'https://203.0.113.7:8443',
  appUrlPattern: 'http://<app>.203-0-113-7.sslip.io',
  isTrusted: false,
  isMoving: false,
  isWildcardWanted: false,
  former: [],
  undo: null,
})
const first = domain

let dismissed = false
let skipped: FirstStepKey[] = []

const checkOf = (name: string): BaseDomainCheck => {
  const leadsHere = name === READY
  const state = leadsHere ? 'right' : 'missing'
  return BaseDomainCheck.parse({
    name,
    leadsHere,
    summary: leadsHere ? `${name} and *.${name} lead here.` : `There is no record for ${name} yet.`,
    findings: leadsHere
      ? []
      : [
          {
            code: 'no-record',
            level: 'bad',
            message: `There is no record for ${name} yet.`,
            hint: 'Make the records below at your DNS provider.',
          },
        ],
    records: [name, `*.${name}`].map((each) => ({
      type: 'A',
      name: each,
      label: each === name ? '@' : '*',
      value: '203.0.113.7',
      purpose: null,
      state,
      found: leadsHere ? ['203.0.113.7'] : [],
    })),
    consequences: [
      `Apps are at <app>.${name}.`,
      'Everybody signs in once more at the new address.',
      '2 passkeys were made for 203.0.113.7 and are good there alone: sign in by password or link, and make new ones.',
    ],
  })
}

const firstRun = (hasPassword: boolean): FirstRun => {
  const isMoved = domain.name === READY
  const step = (key: FirstStepKey, isDone: boolean, found: string, app: string | null = null) => ({
    key,
    state: isDone ? 'done' : 'open',
    found,
    isSkipped: !isDone && skipped.includes(key),
    isYours: true,
    app,
  })
  const steps = [
    step(
      'account',
      hasPassword,
      hasPassword
        ? 'You come back by your name and your password.'
        : 'You came by a link that works once: set a password.',
    ),
    step(
      'app',
      !isNew,
      isNew
        ? 'There is no app of yours yet.'
        : 'shop is live and has answered at https://shop.example.com.',
      isNew ? null : 'shop',
    ),
    step(
      'domain',
      isMoved || !isNew,
      isMoved || !isNew
        ? 'example.com leads here, with a certificate that browsers trust.'
        : 'Apps are at *.203-0-113-7.sslip.io: there is no domain of yours yet.',
    ),
    step(
      'backups',
      !isNew,
      isNew
        ? 'Nothing is backed up yet: choose where backups are kept.'
        : 'A backup of shop-db was restored on trial on 2026-11-26: it can be trusted.',
    ),
    step(
      'channel',
      !isNew,
      isNew ? 'Nobody is told when something is wrong.' : 'phone took a message.',
    ),
    {
      ...step(
        'passkey',
        false,
        'Browsers make passkeys for a name with a certificate that they trust.',
      ),
      state: 'not-yet-possible',
    },
  ]
  return FirstRun.parse({
    steps,
    isDismissed: dismissed,
    isComplete: steps.every(
      ({ key, state, isSkipped }) => state === 'done' || isSkipped || key === 'passkey',
    ),
  })
}

/** A server that can be moved, and whose first steps follow from what is there. */
export const mockFirstRun = (
  hasPassword: () => boolean,
): Record<string, (asked: Asked) => unknown> => ({
  'GET /base-domain': () => domain,
  'POST /base-domain/check': ({ body }) => checkOf(CheckBaseDomain.parse(body).name),
  'PUT /base-domain': ({ body }) => {
    const { name } = MoveBaseDomain.parse(body)
    const before = { name: domain.name, dashboardHost: '203.0.113.7', until: UNTIL, sendsOn: true }
    domain = {
      ...domain,
      name,
      dashboardUrl: `https://${name}:8443`,
      appUrlPattern: `http://<app>.${name}`,
      former: [before],
      undo: { to: domain.name, until: UNTIL },
    }
    return domain
  },
  'POST /base-domain/undo': () => {
    const { name } = domain
    domain = { ...first, former: [{ name, dashboardHost: name, until: UNTIL, sendsOn: true }] }
    return domain
  },
  'GET /first-run': () => firstRun(hasPassword()),
  'PATCH /first-run': ({ body }) => {
    const change = ChangeFirstRun.parse(body)
    dismissed = change.isDismissed ?? dismissed
    skipped = change.skipped ?? skipped
    return firstRun(hasPassword())
  },
})
