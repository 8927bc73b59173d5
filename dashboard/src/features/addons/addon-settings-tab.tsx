import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Addon } from '@vastrox/shared/addon.ts'
import { type FormEvent, useState } from 'react'
import { memoryChoices } from '#features/addons/addon-words.ts'
import { ExceptionsCard } from '#features/addons/exceptions-card.tsx'
import {
  addonQuery,
  catalogQuery,
  useAddonVerb,
  useChangeAddon,
  useDestroyAddon,
} from '#features/addons/queries.ts'
import { useAddonName } from '#features/addons/use-addon-name.ts'
import { KeepCard } from '#features/logs/keep-card.tsx'
import { useMay } from '#features/session/queries.ts'
import { sayBytes } from '#lib/bytes.ts'
import type { Load } from '#lib/load.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ConfirmDialog } from '#ui/confirm-dialog.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { FormCard } from '#ui/form-card.tsx'
import { Select } from '#ui/select.tsx'
import { toast } from '#ui/toast.tsx'

export const load: Load = ({ read }) => read(catalogQuery)

export function AddonSettingsTab() {
  const name = useAddonName()
  const { data: addon } = useSuspenseQuery(addonQuery(name))
  const mayChange = useMay('addon.change')
  useTitle(t('Settings · {name}', { name }))
  return (
    <div className="space-y-5">
      <SizeCard key={`${addon.memoryBytes} ${addon.cpuMillis}`} addon={addon} />
      {mayChange && <RotateCard name={name} />}
      <ExceptionsCard addon={name} />
      <KeepCard of="addon" name={name} />
      <DangerCard name={name} />
    </div>
  )
}

function SizeCard({ addon }: { addon: Addon }) {
  const { name, kind, memoryBytes, cpuMillis } = addon
  const { data: catalog } = useQuery(catalogQuery)
  const mayChange = useMay('addon.change')
  const change = useChangeAddon(name)
  const [memory, setMemory] = useState(memoryBytes)
  const [cores, setCores] = useState(String(cpuMillis / 1_000))
  const entry = catalog?.find((each) => each.kind === kind)
  const choices = memoryChoices(
    entry ?? { minMemoryBytes: 32 * 2 ** 20, defaultMemoryBytes: memoryBytes },
    memoryBytes,
  )
  const cpu = Math.round(Number(cores.replace(',', '.')) * 1_000)
  const isGood = cores.trim() !== '' && cpu >= 0 && cpu <= 256_000
  const isDirty = memory !== memoryBytes || cpu !== cpuMillis

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!isGood || !isDirty) return
    change.mutate(
      { memoryBytes: memory, cpuMillis: cpu },
      {
        onSuccess: () => toast.good(t('It restarts with its new size.')),
        onError: toast.error,
      },
    )
  }
  return (
    <FormCard
      legend={t('Size of {name}', { name })}
      title={t('Size')}
      lead={t('Its server’s own settings follow its memory.')}
      note={t('Saving restarts it: apps connect again by themselves.')}
      mayChange={mayChange}
      isDirty={isDirty}
      busy={change.isPending}
      onSubmit={submit}
      onUndo={() => {
        setMemory(memoryBytes)
        setCores(String(cpuMillis / 1_000))
      }}
    >
      <Select
        label={t('Memory')}
        value={memory}
        hint={
          entry &&
          t('{minMemoryBytes} at least.', { minMemoryBytes: sayBytes(entry.minMemoryBytes) })
        }
        onChange={({ target }) => setMemory(Number(target.value))}
      >
        {choices.map((bytes) => (
          <option key={bytes} value={bytes}>
            {sayBytes(bytes)}
            {bytes === entry?.defaultMemoryBytes ? t(' (usual)') : ''}
          </option>
        ))}
      </Select>
      <Field
        label="CPU"
        unit={t('cores')}
        inputMode="decimal"
        hint={t('0: as much as is free.')}
        value={cores}
        error={isGood ? undefined : t('A number from 0 to 256.')}
        onChange={({ target }) => setCores(target.value)}
      />
    </FormCard>
  )
}

function RotateCard({ name }: { name: string }) {
  const verb = useAddonVerb(name)
  const [asking, setAsking] = useState(false)
  return (
    <Card title={t('Credentials')}>
      <div className="flex flex-wrap items-center justify-between gap-4">
        <div className="max-w-xl">
          <p className="font-medium">{t('New passwords')}</p>
          <p className="text-muted">
            {t(
              'Every attached app gets a new password and restarts with it. The old ones do not work afterwards.',
            )}
          </p>
        </div>
        <Button onClick={() => setAsking(true)}>{t('Rotate …')}</Button>
      </div>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t('New passwords for {name}?', { name })}
        lead={t(
          'Whoever uses an old one from elsewhere is locked out. Apps restart one after the other, and no request is dropped.',
        )}
      >
        <DialogActions>
          <Button onClick={() => setAsking(false)}>{t('Leave them')}</Button>
          <Button
            variant="primary"
            busy={verb.isPending}
            onClick={() =>
              verb.mutate('rotate', {
                onSuccess: () => {
                  toast.good(t('The passwords are new.'))
                  setAsking(false)
                },
                onError: toast.error,
              })
            }
          >
            {t('Rotate')}
          </Button>
        </DialogActions>
      </Dialog>
    </Card>
  )
}

function DangerCard({ name }: { name: string }) {
  const navigate = useNavigate()
  const mayDestroy = useMay('addon.destroy')
  const destroy = useDestroyAddon(name)
  const [open, setOpen] = useState(false)
  if (!mayDestroy) return null
  return (
    <Card title={t('Danger zone')} tone="danger">
      <div className="flex flex-wrap items-center justify-between gap-4">
        <div className="max-w-xl">
          <p className="font-medium">{t('Destroy this add-on')}</p>
          <p className="text-muted">
            {t(
              'It stops at once and attached apps lose their variables. Its data waits in the trash for 7 days at least, and is purged only by somebody who names it.',
            )}
          </p>
        </div>
        <Button variant="danger" onClick={() => setOpen(true)}>
          {t('Destroy {name} …', { name })}
        </Button>
      </div>
      <ConfirmDialog
        name={name}
        title={t('Destroy the add-on {name}?', { name })}
        lead={t('Apps that use it cannot connect any more. Its data waits in the trash.')}
        act={t('Destroy the add-on')}
        open={open}
        error={destroy.error}
        busy={destroy.isPending}
        onClose={() => setOpen(false)}
        onConfirm={() =>
          destroy.mutate(undefined, {
            onSuccess: () => {
              toast.good(t('{name} is in the trash, with its data.', { name }))
              void navigate({ to: '/addons' })
            },
          })
        }
      />
    </Card>
  )
}
