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
import { EgressCard } from '#features/firewall/egress-card.tsx'
import { KeepCard } from '#features/logs/keep-card.tsx'
import { ExportCard } from '#features/settings/export-card.tsx'
import { SleepCard } from '#features/sleep/sleep-card.tsx'
import { useMay } from '#features/session/queries.ts'
import { useTitle } from '#lib/use-title.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Field } from '#ui/field.tsx'
import { FormCard } from '#ui/form-card.tsx'
import { Select } from '#ui/select.tsx'
import { toast } from '#ui/toast.tsx'

export function SettingsTab() {
  const name = useAppName()
  const { data: app } = useSuspenseQuery(appQuery(name))
  const changeSettings = useChangeSettings(name)
  useTitle(`Settings · ${name}`)
  return (
    <div className="space-y-5">
      <SettingsCard app={app} />
      <SleepCard
        app={app}
        isSaving={changeSettings.isPending}
        onSave={(changes) =>
          changeSettings.mutate(changes, {
            onSuccess: () => toast.good('Saved.'),
            onError: toast.error,
          })
        }
      />
      <ImageCard name={name} />
      <BuildCard app={app} />
      <KeepCard app={name} />
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
          'Saved.',
          needsRedeploy.length > 0 ? 'In force once the instances are restarted.' : undefined,
        ),
      onError: toast.error,
    }),
  )

  return (
    <FormCard
      legend={`Settings of ${app.name}`}
      title="How it is deployed"
      note="Memory, CPU, isolation and the time to stop count from the next restart on."
      mayChange={mayChange}
      isDirty={isDirty}
      busy={changeSettings.isPending}
      onSubmit={submit}
      onUndo={() => form.reset()}
    >
      <Field
        label="Deploy branch"
        placeholder="main or master"
        mono
        hint="A push to it deploys; other branches are kept, not deployed."
        error={errors.deployBranch?.message}
        {...form.register('deployBranch')}
      />
      <Field
        label="Health path"
        placeholder="/"
        mono
        hint="Asked before a switch. Empty: / may answer anything below 500."
        error={errors.healthPath?.message}
        {...form.register('healthPath')}
      />
      <Field
        label="Time to become healthy"
        unit="s"
        placeholder="60"
        inputMode="decimal"
        hint="After that the deployment fails and nothing changes."
        error={errors.healthTimeoutS?.message}
        {...form.register('healthTimeoutS')}
      />
      <Field
        label="Watched after the switch"
        unit="s"
        inputMode="decimal"
        hint="More errors than before put the old release back. 0: not watched."
        error={errors.watchS?.message}
        {...form.register('watchS')}
      />
      <Field
        label="Time for requests under way"
        unit="s"
        inputMode="decimal"
        hint="Old instances finish theirs before they are stopped."
        error={errors.drainS?.message}
        {...form.register('drainS')}
      />
      <Field
        label="Time to stop"
        unit="s"
        inputMode="decimal"
        hint="Between SIGTERM and SIGKILL."
        error={errors.stopGraceS?.message}
        {...form.register('stopGraceS')}
      />
      <Field
        label="Time for the release command"
        unit="s"
        inputMode="decimal"
        hint="After that it is ended, and the old release stays."
        error={errors.releaseTimeoutS?.message}
        {...form.register('releaseTimeoutS')}
      />
      <Select
        label="Visitors during the release command"
        hint="Waiting is for migrations that the code before does not stand: at most 30 s, then 503."
        {...form.register('duringRelease')}
      >
        <option value="serve">get the release before</option>
        <option value="hold">wait</option>
      </Select>
      <Field
        label="Memory of one instance"
        unit="MB"
        inputMode="numeric"
        hint="Of each process that has no limit of its own. Who wants more is ended and started again."
        error={errors.memoryMb?.message}
        {...form.register('memoryMb')}
      />
      <Field
        label="CPU of one instance"
        unit="cores"
        inputMode="decimal"
        hint="0: as much as is free."
        error={errors.cpuCores?.message}
        {...form.register('cpuCores')}
      />
      <Select
        label="Isolation"
        hint="Strict: read-only, and no right to begin as root and step down. Writable then: volumes, /tmp, /run and /var/tmp."
        {...form.register('isolation')}
      >
        <option value="compatible">Compatible with most images</option>
        <option value="read-only">Compatible, files read-only</option>
        <option value="strict">Strict</option>
      </Select>
    </FormCard>
  )
}

function DangerCard({ name }: { name: string }) {
  const mayDestroy = useMay('app.destroy')
  const [open, setOpen] = useState(false)
  if (!mayDestroy) return null
  return (
    <Card title="Danger zone" tone="danger">
      <div className="flex flex-wrap items-center justify-between gap-4">
        <div className="max-w-xl">
          <p className="font-medium">Destroy this app</p>
          <p className="text-muted">
            It stops at once and its address becomes free. Its code, releases and env wait in the
            trash until somebody purges it by its name.
          </p>
        </div>
        <Button variant="danger" onClick={() => setOpen(true)}>
          Destroy {name} …
        </Button>
      </div>
      <DestroyDialog name={name} open={open} onClose={() => setOpen(false)} />
    </Card>
  )
}
