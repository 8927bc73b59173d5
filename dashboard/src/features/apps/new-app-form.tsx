import { zodResolver } from '@hookform/resolvers/zod'
import { useNavigate } from '@tanstack/react-router'
import { CreateApp } from '@vastrox/shared/app.ts'
import { useForm, useWatch } from 'react-hook-form'
import { useCreateApp } from '#features/apps/queries.ts'
import { describeError } from '#lib/api-error.ts'
import { Button } from '#ui/button.tsx'
import { DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'

export function NewAppForm({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate()
  const createApp = useCreateApp()
  const form = useForm({
    resolver: zodResolver(CreateApp),
    defaultValues: { name: '' },
    mode: 'onChange',
  })
  const { errors } = form.formState
  const name = useWatch({ control: form.control, name: 'name' })

  const submit = form.handleSubmit((input) =>
    createApp.mutate(input, {
      onSuccess: (app) => {
        onClose()
        void navigate({ to: '/apps/$name/push', params: { name: app.name } })
      },
      onError: (error) => {
        const { message, hint } = describeError(error)
        form.setError('name', { message: hint ? `${message} ${hint}` : message })
      },
    }),
  )

  return (
    <form onSubmit={submit}>
      <Field
        label="Name"
        placeholder="my-app"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        mono
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- the dialog asks for nothing else
        autoFocus
        hint="2 to 40 lower-case letters, digits or hyphens, beginning with a letter."
        error={name.length > 1 ? errors.name?.message : undefined}
        {...form.register('name')}
      />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" busy={createApp.isPending} disabled={name === ''}>
          {createApp.isPending ? 'Creating …' : 'Create app'}
        </Button>
      </DialogActions>
    </form>
  )
}
