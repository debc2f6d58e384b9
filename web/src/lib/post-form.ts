/** Leaves this page by posting a form, as a link leaves it by going somewhere. Only to this site: the policy of our pages allows no other. */
export function postForm(action: `/${string}`, fields: Record<string, string>) {
  const form = document.createElement('form')
  form.method = 'post'
  form.action = action
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement('input')
    Object.assign(input, { type: 'hidden', name, value })
    form.append(input)
  }
  document.body.append(form)
  form.submit()
}
