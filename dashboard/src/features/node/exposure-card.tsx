import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ExposedPort, ExposureReport } from '@vastrox/shared/exposure.ts'
import { Radar } from 'lucide-react'
import { useState } from 'react'
import { holderOf, inOrder, notesOf, reachOf, testOf } from '#features/node/exposure-words.ts'
import { exposureQuery, useFence, useTestExposure } from '#features/node/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { rich, t, tn } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { ErrorNotice, Notice } from '#ui/notice.tsx'
import { ListSkeleton } from '#ui/skeleton.tsx'
import { Badge } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'

/** Every port where something answers, who gets there, and what a test from outside found. */
export function ExposureCard() {
  const { data: report, error, refetch } = useQuery(exposureQuery)
  if (report) return <Exposure report={report} />
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  return <ListSkeleton />
}

function Exposure({ report }: { report: ExposureReport }) {
  const mayTest = useMay('node.change')
  const [asking, setAsking] = useState(false)
  const [showsMachine, setShowsMachine] = useState(false)
  const ports = inOrder(report.ports)
  const shown = ports.filter(({ reach }) => showsMachine || reach !== 'machine')
  const hidden = ports.length - shown.length
  const notes = notesOf(report)
  const hasFooter = notes.length > 0 || hidden > 0 || showsMachine
  return (
    <>
      <Card
        title={t('What is reachable')}
        lead={
          report.testedAt === null ? (
            t('Worked out from sockets, containers and rules. Not tested yet.')
          ) : (
            <>
              {rich(t('Worked out from sockets, containers and rules. Tested {testedAt}.'), {
                testedAt: <Ago at={report.testedAt} />,
              })}
            </>
          )
        }
        aside={
          mayTest && (
            <Button icon={<Radar size={15} aria-hidden />} onClick={() => setAsking(true)}>
              {t('Test now')}
            </Button>
          )
        }
        flush
        footer={
          hasFooter ? (
            <>
              <div className="min-w-0 space-y-1">
                {notes.map((note) => (
                  <p key={note}>{note}</p>
                ))}
              </div>
              {(hidden > 0 || showsMachine) && (
                <Button size="sm" variant="quiet" onClick={() => setShowsMachine(!showsMachine)}>
                  {showsMachine
                    ? t('Hide what only this machine reaches')
                    : t('Show {hidden} that only this machine reaches', { hidden })}
                </Button>
              )}
            </>
          ) : undefined
        }
      >
        {report.problem !== null && (
          <div className="p-4 sm:p-5">
            <Notice tone="bad" title={t('The firewall is not as it should be')}>
              {report.problem}
            </Notice>
          </div>
        )}
        <ul>
          {shown.map((port) => (
            <PortRow
              key={`${port.port}/${port.protocol} ${port.by.name}`}
              port={port}
              mode={report.mode}
            />
          ))}
        </ul>
      </Card>
      <TestDialog open={asking} onClose={() => setAsking(false)} />
    </>
  )
}

function PortRow({ port, mode }: { port: ExposedPort; mode: ExposureReport['mode'] }) {
  const reach = reachOf(port)
  const test = testOf(port)
  return (
    <li className="border-b border-line px-4 py-3 last:border-0 sm:px-5">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5">
        <span className="w-24 font-mono text-sm">
          {port.port}/{port.protocol}
        </span>
        <div className="min-w-0 flex-1 basis-48">
          <p className="font-medium break-words">
            {port.by.name}
            {port.by.ours && (
              <span className="ml-2 text-sm font-normal text-muted">{t('Vastrox')}</span>
            )}
          </p>
          <p className="text-sm break-words text-muted">{holderOf(port)}</p>
        </div>
        <div className="flex flex-wrap gap-2" title={port.because}>
          <Badge tone={reach.tone} dot>
            {reach.text}
          </Badge>
          {test && (
            <span title={test.details}>
              <Badge tone={test.tone}>{test.text}</Badge>
            </span>
          )}
        </div>
      </div>
      {test?.tone === 'bad' && (
        <p className="mt-2 text-sm text-bad">
          {t('{because} The test found: {details}.', {
            because: port.because,
            details: test.details,
          })}
        </p>
      )}
      {port.warning && <Warning port={port} warning={port.warning} mode={mode} />}
    </li>
  )
}

interface WarningProps {
  port: ExposedPort
  warning: NonNullable<ExposedPort['warning']>
  mode: ExposureReport['mode']
}

function Warning({ port, warning, mode }: WarningProps) {
  const mayFence = useMay('firewall.change')
  const fence = useFence()
  const navigate = useNavigate()
  const close = () =>
    fence.mutate(
      { protocol: port.protocol, port: port.port },
      {
        onSuccess: ({ state }) => {
          if (state !== 'pending') {
            toast.good(
              t('Port {port} is fenced.', { port: port.port }),
              mode === 'enforce'
                ? undefined
                : t('The rule keeps people out once the firewall enforces.'),
            )
            return
          }
          // Only over a new connection can it be kept; that page asks for it.
          void navigate({ to: '/firewall' })
        },
        onError: toast.error,
      },
    )
  return (
    <div className="mt-3">
      <Notice
        tone={warning.level}
        title={warning.message}
        actions={
          warning.canFence &&
          mayFence && (
            <Button size="sm" busy={fence.isPending} onClick={close}>
              {t('Fence port {port}', { port: port.port })}
            </Button>
          )
        }
      >
        {warning.hint}
      </Notice>
    </div>
  )
}

function TestDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const test = useTestExposure()
  const run = () =>
    test.mutate(undefined, {
      onSuccess: ({ ports }) => {
        const differ = ports.filter(({ tested }) => tested?.agrees === false).length
        if (differ === 0) toast.good(t('Every port is as it was worked out.'))
        else
          toast.good(
            tn(
              differ,
              'Tested: {count} port is otherwise.',
              'Tested: {count} ports are otherwise.',
            ),
          )
        onClose()
      },
      onError: toast.error,
    })
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('Test from outside')}
      lead={t(
        'For some seconds the server gets a network device of its own, with a stranger at its other end who tries every port.',
      )}
    >
      <p>
        {t(
          'No rule, route or setting is changed, nothing leaves the machine, and the device goes by itself. Programs may log a connection that says nothing. What is filtered before packets reach this machine, by a cloud or a router, is not seen.',
        )}
      </p>
      <DialogActions>
        <Button onClick={onClose}>{t('Not now')}</Button>
        <Button variant="primary" busy={test.isPending} onClick={run}>
          {t('Test every port')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
