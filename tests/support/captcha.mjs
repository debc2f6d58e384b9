// Answers the task in words, as a person who cannot see pictures does.
const chinese = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十', '十一', '十二', '十三', '十四', '十五', '十六', '十七', '十八', '十九', '二十']
const families = ['苹果香蕉葡萄西瓜桃子草莓', '小猫小狗兔子大象老虎猴子', '桌子椅子书柜沙发衣柜板凳', '红色蓝色绿色黄色白色紫色', '火车汽车飞机轮船地铁卡车', '铅笔橡皮尺子本子钢笔圆规']
const places = { 第一: 0, 第二: 1, 第三: 2, 最后一: 3 }

/** The answer to one question in Chinese. */
export function answerTo(question) {
  const sum = /^(\S+?)(加|减)(\S+?)等于多少/.exec(question)
  if (sum) return String(chinese.indexOf(sum[1]) + (sum[2] === '加' ? 1 : -1) * chinese.indexOf(sum[3]))
  const words = /：(.+?)？/.exec(question)[1].split('、')
  if (question.includes('哪个数最大')) return String(Math.max(...words.map(word => chinese.indexOf(word))))
  const place = /，(第一|第二|第三|最后一)个是什么/.exec(question)
  if (place) return words[places[place[1]]]
  const family = word => families.findIndex(all => all.includes(word))
  return words.find(word => words.filter(other => family(other) === family(word)).length === 1)
}

/** A captcha that is solved: { id, answer }. */
export async function solved(client) {
  const { id, question } = await client.post('/api/v1/captchas', { form: 'text', language: 'zh_cn' })
  return { id, answer: answerTo(question) }
}
