import { zodResolver } from '@hookform/resolvers/zod'
import { useSuspenseQuery } from '@tanstack/react-query'
import type { App } from '@vastrox/shared/app.ts'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useAppName } from '#features/app/use-app-name.ts'
import { BuildCard } from '#features/app-settings/build-card.tsx'
import { ImageCard } from '#features/app-settings/image-card.tsx'
import { DestroyDialog } from '#features/app-settings/destroy-dialog.tsx'
import { useChangeSettings } from '#features/app-settings/queries.ts'
import { SettingsForm, toForm, toSettings } from '#features/app-settings/settings-form.ts'
import { appQuery } from '#features/apps/queries.ts'
import { EgressCard, egressQuery } from '#features/firewall/egress-card.tsx'
import { KeepCard } from '#features/logs/keep-card.tsx'
import { ExportCard } from '#features/settings/export-card.tsx'
import { SleepCard } from '#features/sleep/sleep-card.tsx'
import { useMay } from '#features/session/queries.ts'
import type { Load } from '#lib/load.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Field } from '#ui/field.tsx'
import { FormCard } from '#ui/form-card.tsx'
import { Select } from '#ui/select.tsx'
import { toast } from '#ui/toast.tsx'

export const load: Load = ({ read, params: { name } }) => read(egressQuery(name))

export function SettingsTab() {
  const name = useAppName()
  const { data: app } = useSuspenseQuery(appQuery(name))
  const changeSettings = useChangeSettings(name)
  useTitle(t('Settings · {name}', { name }))
  return (
    <div className="space-y-5">
      <SettingsCard app={app} />
      <SleepCard
        app={app}
        isSaving={changeSettings.isPending}
        onSave={(changes) =>
          changeSettings.mutate(changes, {
            onSuccess: () => toast.good(t('Saved.')),
            onError: toast.error,
          })
        }
      />
      <ImageCard name={name} />
      <BuildCard app={app} />
      <KeepCard of="app" name={name} />
      <EgressCard app={name} />
      <ExportCard app={name} />
      <DangerCard name={name} />
    </div>
  )
}

function SettingsCard({ app }: { app: App }) {
  const mayChange = useMay('app.change')
  const changeSettings = useChangeSettings(app.name)
  const form = useForm({ resolver: zodResolver(SettingsForm), values: toForm(app) })
  const { errors, isDirty } = form.formState

  const submit = form.handleSubmit((input) =>
    changeSettings.mutate(toSettings(input), {
      onSuccess: ({ needsRedeploy }) =>
        toast.good(
          t('Saved.'),
          needsRedeploy.length > 0 ? t('In force once the instances are restarted.') : undefined,
        ),
      onError: toast.error,
    }),
  )

  return (
    <FormCard
      legend={t('Settings of {name}', { name: app.name })}
      title={t('How it is deployed')}
      note={t('Memory, CPU, isolation and the time to stop count from the next restart on.')}
      mayChange={mayChange}
      isDirty={isDirty}
      busy={changeSettings.isPending}
      onSubmit={submit}
      onUndo={() => form.reset()}
    >
      <Field
        label={t('Deploy branch')}
        placeholder={t('main or master')}
        mono
        hint={t('A push to it deploys; other branches are kept, not deployed.')}
        error={errors.deployBranch?.message}
        {...form.register('deployBranch')}
      />
      <Field
        label={t('Health path')}
        placeholder="/"
        mono
        hint={t('Asked before a switch. Empty: / may answer anything below 500.')}
        error={errors.healthPath?.message}
        {...form.register('healthPath')}
      />
      <Field
        label={t('Time to become healthy')}
        unit={t('s')}
        placeholder="60"
        inputMode="decimal"
        hint={t('After that the deployment fails and nothing changes.')}
        error={errors.healthTimeoutS?.message}
        {...form.register('healthTimeoutS')}
      />
      <Field
        label={t('Watched after the switch')}
        unit={t('s')}
        inputMode="decimal"
        hint={t('More errors than before put the old release back. 0: not watched.')}
        error={errors.watchS?.message}
        {...form.register('watchS')}
      />
      <Field
        label={t('Time for requests under way')}
        unit={t('s')}
        inputMode="decimal"
        hint={t('Old instances finish theirs before they are stopped.')}
        error={errors.drainS?.message}
        {...form.register('drainS')}
      />
      <Field
        label={t('Time to stop')}
        unit={t('s')}
        inputMode="decimal"
        hint={t('Between SIGTERM and SIGKILL.')}
        error={errors.stopGraceS?.message}
        {...form.register('stopGraceS')}
      />
      <Field
        label={t('Time for the release command')}
        unit={t('s')}
        inputMode="decimal"
        hint={t('After that it is ended, and the old release stays.')}
        error={errors.releaseTimeoutS?.message}
        {...form.register('releaseTimeoutS')}
      />
      <Select
        label={t('Visitors during the release command')}
        hint={t(
          'Waiting is for migrations that the code before does not stand: at most 30 s, then 503.',
        )}
        {...form.register('duringRelease')}
      >
        <option value="serve">{t('get the release before')}</option>
        <option value="hold">{t('wait')}</option>
      </Select>
      <Field
        label={t('Memory of one instance')}
        unit="MB"
        inputMode="numeric"
        hint={t(
          'Of each process that has no limit of its own. Who wants more is ended and started again.',
        )}
        error={errors.memoryMb?.message}
        {...form.register('memoryMb')}
      />
      <Field
        label={t('CPU of one instance')}
        unit={t('cores')}
        inputMode="decimal"
        hint={t('0: as much as is free.')}
        error={errors.cpuCores?.message}
        {...form.register('cpuCores')}
      />
      <Select
        label={t('Isolation')}
        hint={t(
          'Strict: read-only, and no right to begin as root and step down. Writable then: volumes, /tmp, /run and /var/tmp.',
        )}
        {...form.register('isolation')}
      >
        <option value="compatible">{t('Compatible with most images')}</option>
        <option value="read-only">{t('Compatible, files read-only')}</option>
        <option value="strict">{t('Strict')}</option>
      </Select>
    </FormCard>
  )
}

function DangerCard({ name }: { name: string }) {
  const mayDestroy = useMay('app.destroy')
  const [open, setOpen] = useState(false)
  if (!mayDestroy) return null
  return (
    <Card title={t('Danger zone')} tone="danger">
      <div className="flex flex-wrap items-center justify-between gap-4">
        <div className="max-w-xl">
          <p className="font-medium">{t('Destroy this app')}</p>
          <p className="text-muted">
            {t(
              'It stops at once and its address becomes free. Its code, releases and env wait in the trash until somebody purges it by its name.',
            )}
          </p>
        </div>
        <Button variant="danger" onClick={() => setOpen(true)}>
          {t('Destroy {name} …', { name })}
        </Button>
      </div>
      <DestroyDialog name={name} open={open} onClose={() => setOpen(false)} />
    </Card>
  )
}
