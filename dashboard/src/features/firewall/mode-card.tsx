import type { FirewallStatus } from '@vastrox/shared/firewall.ts'
import type { FirewallMode } from '@vastrox/shared/firewall-rule.ts'
import { Eye, Fence, type LucideIcon, ShieldCheck } from 'lucide-react'
import type { Propose } from '#features/firewall/propose.ts'
import { useMay } from '#features/session/queries.ts'
import { cx } from '#lib/cx.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Badge } from '#ui/state.tsx'
import type { Tone } from '#ui/tone.ts'

interface Mode {
  mode: FirewallMode
  label: string
  verb: string
  tone: Tone
  icon: LucideIcon
  lead: string
}

const MODES: readonly Mode[] = [
  {
    mode: 'observe',
    label: t('Observing'),
    verb: t('Observe'),
    tone: 'idle',
    icon: Eye,
    lead: t('Counts what it would drop, and drops nothing.'),
  },
  {
    mode: 'isolate',
    label: t('Isolating apps'),
    verb: t('Isolate apps'),
    tone: 'busy',
    icon: Fence,
    lead: t('Keeps apps and builds from this machine, private networks and each other.'),
  },
  {
    mode: 'enforce',
    label: t('Enforcing'),
    verb: t('Enforce'),
    tone: 'good',
    icon: ShieldCheck,
    lead: t('That, and only what is allowed comes in.'),
  },
]

interface Props {
  status: FirewallStatus
  onPropose: Propose
}

/** What the firewall does now, in words, and the two other things that it could do. */
export function ModeCard({ status, onPropose }: Props) {
  const mayChange = useMay('firewall.change')
  const current = MODES.find(({ mode }) => mode === status.mode)
  return (
    <Card
      title={t('Mode')}
      lead={status.meaning}
      aside={
        current && (
          <Badge tone={current.tone} dot>
            {current.label}
          </Badge>
        )
      }
    >
      <ul className="grid grid-cols-1 gap-3 sm:grid-cols-3">
        {MODES.map(({ mode, verb, icon: Icon, lead }) => {
          const isCurrent = mode === status.mode
          return (
            <li
              key={mode}
              aria-current={isCurrent}
              className={cx(
                'flex flex-col gap-2 rounded-md border p-3.5',
                isCurrent ? 'border-accent bg-sunken' : 'border-line',
              )}
            >
              <p className="flex items-center gap-2 font-medium">
                <Icon size={16} aria-hidden />
                {verb}
              </p>
              <p className="flex-1 text-sm text-muted">{lead}</p>
              {isCurrent ? (
                <p className="flex h-8 items-center text-sm font-medium">{t('In force')}</p>
              ) : (
                mayChange && (
                  <Button
                    size="sm"
                    className="self-start"
                    disabled={status.pending !== null}
                    aria-label={t('Preview: {verb}', { verb: verb.toLowerCase() })}
                    onClick={() => onPropose({ title: verb.toLowerCase(), wish: { mode } })}
                  >
                    {t('Preview')}
                  </Button>
                )
              )}
            </li>
          )
        })}
      </ul>
    </Card>
  )
}
