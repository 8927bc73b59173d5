import type { DnsRecord, Domain, DomainCheck, DomainFinding } from '@vastrox/shared/domain.ts'
import { RefreshCw } from 'lucide-react'
import { FINDING_TONE } from '#features/domains/domain-words.ts'
import { useCheckDomain } from '#features/domains/queries.ts'
import { rich, t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { CopyButton } from '#ui/copy-block.tsx'
import { Badge, StateDot } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'
import type { Tone } from '#ui/tone.ts'

/** What a look at the domain has found, what to do, and the records to copy. */
export function DomainDetails({ app, domain }: { app: string; domain: Domain }) {
  const { check, certificate } = domain
  return (
    <div className="space-y-4 px-4 pb-4 sm:px-5">
      {check && check.findings.length > 0 && (
        <ul className="space-y-2">
          {check.findings.map((finding) => (
            <Finding key={`${finding.code}${finding.message}`} finding={finding} />
          ))}
        </ul>
      )}
      {check && check.records.length > 0 && <Records {...check} />}
      {certificate?.problem && (
        <div>
          <p className="text-sm font-medium">{t('About its certificate')}</p>
          <p className="mt-1 rounded-md border border-line bg-sunken p-3 font-mono text-sm break-words">
            {certificate.problem}
          </p>
        </div>
      )}
      <LookAgain app={app} domain={domain} />
    </div>
  )
}

export function Finding({ finding: { level, message, hint } }: { finding: DomainFinding }) {
  return (
    <li className="flex gap-2.5">
      <span className="mt-1.5">
        <StateDot tone={FINDING_TONE[level]} />
      </span>
      <div className="min-w-0">
        <p className="break-words">{message}</p>
        {hint !== null && <p className="text-sm break-words text-muted">{hint}</p>}
      </div>
    </li>
  )
}

const RECORD: Record<DnsRecord['state'], { label: string; tone: Tone }> = {
  right: { label: t('is there'), tone: 'good' },
  missing: { label: t('missing'), tone: 'warn' },
  wrong: { label: t('differs'), tone: 'bad' },
  unknown: { label: t('not looked at'), tone: 'idle' },
}

/** As forms of DNS providers ask for them; each value is copied by its own button. */
export function Records({
  records,
  nameServers = [],
}: Pick<DomainCheck, 'records'> & Partial<Pick<DomainCheck, 'nameServers'>>) {
  return (
    <div>
      <p className="text-sm font-medium">{t('Records at your DNS provider')}</p>
      {nameServers.length > 0 && (
        <p className="text-sm break-words text-muted">
          {t('That is whoever runs {nameServers}.', { nameServers: nameServers.join(' and ') })}
        </p>
      )}
      <ul className="mt-1 divide-y divide-line rounded-md border border-line">
        {records.map(({ type, name, label, value, purpose, state, found }) => (
          <li
            key={`${type}${name}`}
            className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-1 px-3 py-2 sm:grid-cols-[4rem_minmax(0,1fr)_minmax(0,1.5fr)_auto]"
          >
            <span className="font-mono text-sm font-medium">{type}</span>
            <Copyable
              text={label}
              title={name}
              what={t('the name of the {type} record', { type })}
            />
            <Copyable
              text={value}
              title={value}
              what={t('the value of the {type} record', { type })}
              className="col-span-2 sm:col-span-1"
            />
            <span className="col-span-2 flex items-center gap-2 sm:col-span-1">
              <Badge tone={RECORD[state].tone}>{RECORD[state].label}</Badge>
            </span>
            {(purpose !== null || (state === 'wrong' && found.length > 0)) && (
              <p className="col-span-full text-sm break-words text-muted">
                {purpose !== null &&
                  t('It {purpose}. ', { purpose: purpose.replace(/^for /, 'is for ') })}
                {state === 'wrong' &&
                  found.length > 0 &&
                  t('There now: {found}', { found: found.join(', ') })}
              </p>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}

function Copyable({
  text,
  title,
  what,
  className = '',
}: {
  text: string
  title: string
  what: string
  className?: string
}) {
  return (
    <span className={`flex min-w-0 items-center gap-1 ${className}`}>
      <span className="min-w-0 truncate font-mono text-sm" title={title}>
        {text}
      </span>
      <CopyButton text={text} label={t('Copy {what}', { what })} />
    </span>
  )
}

function LookAgain({ app, domain }: { app: string; domain: Domain }) {
  const check = useCheckDomain(app)
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <Button
        size="sm"
        icon={<RefreshCw size={14} aria-hidden />}
        busy={check.isPending}
        onClick={() => check.mutate(domain.host, { onError: toast.error })}
      >
        {t('Look again')}
      </Button>
      <p className="text-sm text-muted">
        {domain.check ? (
          <>{rich(t('Looked at {at}'), { at: <Ago at={domain.check.at} /> })}</>
        ) : (
          t('Being looked at')
        )}
        {domain.nextCheckAt !== null && domain.check?.state !== 'ready' && t('; again by itself.')}
      </p>
    </div>
  )
}
