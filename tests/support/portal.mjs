// Apps as the developer portal knows them.

/** What an app says of itself. */
export const draftOf = (name, { shown, ...more } = {}) => ({
  name,
  purpose: '布置和批改作业',
  redirect_uris: ['https://app.example.com/cb'],
  essential: ['name'],
  voluntary: [],
  id_token_algorithm: 'ES256',
  service: false,
  pushed: false,
  bound: false,
  device: false,
  post_logout_redirect_uris: [],
  ...more,
  shown: { description: '每天十分钟。', contact: 'help@app.example.com', category: 'learning', listed: true, ...shown },
})

/** A PNG of one dot. */
export const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
