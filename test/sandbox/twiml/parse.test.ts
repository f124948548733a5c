import { expect, test } from 'vitest'
import twilio from 'twilio'
import { parseTwiml } from '../../../sandbox/twilio/twiml/parse.ts'
import type { Verb } from '../../../sandbox/twilio/twiml/verbs.ts'

const parse = (inner: string) =>
  parseTwiml(Buffer.from(`<?xml version="1.0" encoding="UTF-8"?><Response>${inner}</Response>`), 'text/xml; charset=utf-8')
const verbs = (inner: string): Verb[] => {
  const parsed = parse(inner)
  if (!parsed.ok) throw new Error(parsed.problem.message)
  expect(parsed.warnings).toEqual([])
  return parsed.verbs
}
const recording = { recordingStatusCallbackMethod: 'POST', recordingStatusCallbackEvents: ['completed'] }
const dial = {
  verb: 'Dial',
  method: 'POST',
  timeoutSeconds: 30,
  timeLimitSeconds: 14_400,
  isAnswerOnBridge: false,
  isHangupOnStar: false,
  isSequential: false,
  record: 'do-not-record',
  ...recording,
}
const noun = { method: 'POST', statusCallbackMethod: 'POST', statusCallbackEvents: ['completed'] }

test.each<[string, unknown]>([
  ['<Hangup/>', { verb: 'Hangup' }],
  ['<Pause/>', { verb: 'Pause', seconds: 1 }],
  ['<Pause length="7"/>', { verb: 'Pause', seconds: 7 }],
  ['<Reject/>', { verb: 'Reject', reason: 'rejected' }],
  ['<Reject reason="busy"/>', { verb: 'Reject', reason: 'busy' }],
  ['<Redirect method="GET"> /next?a=1&amp;b=2 </Redirect>', { verb: 'Redirect', url: '/next?a=1&b=2', method: 'GET' }],
  [
    '<Say voice="alice" language="en-GB">Tom &amp; <emphasis>Ada</emphasis> &lt;3 caf&#233;</Say>',
    { verb: 'Say', text: 'Tom & Ada <3 café', voice: 'alice', language: 'en-GB', loop: 1 },
  ],
  ['<Say>&amp;lt; <![CDATA[a &amp; <b>]]></Say>', { verb: 'Say', text: '&lt; a &amp; <b>', loop: 1 }],
  ['<Play loop="0">https://x.example/a.wav</Play>', { verb: 'Play', url: 'https://x.example/a.wav', loop: 0 }],
  ['<Play digits="1w2"/>', { verb: 'Play', url: '', loop: 1, digits: '1w2' }],
  ['<Dial>+15005550101</Dial>', { ...dial, nouns: [{ ...noun, noun: 'Number', number: '+15005550101', statusCallbackEvents: [] }] }],
  [
    '<Dial record="true"><Client>bob</Client></Dial>',
    { ...dial, record: 'record-from-answer', nouns: [{ ...noun, noun: 'Client', identity: 'bob', params: {} }] },
  ],
  [
    '<Dial action="/a" method="GET" timeout="20" timeLimit="60" callerId="+1" answerOnBridge="true" hangupOnStar="true" sequential="true" record="record-from-ringing-dual" recordingStatusCallback="/r" recordingStatusCallbackEvent="in-progress completed absent"><Client statusCallback="/s" statusCallbackEvent="ringing answered"><Identity>bob</Identity><Parameter name="lk" value="a.b"/></Client><Number sendDigits="ww1">+15</Number></Dial>',
    {
      ...dial,
      action: '/a',
      method: 'GET',
      timeoutSeconds: 20,
      timeLimitSeconds: 60,
      callerId: '+1',
      isAnswerOnBridge: true,
      isHangupOnStar: true,
      isSequential: true,
      record: 'record-from-ringing-dual',
      recordingStatusCallback: '/r',
      recordingStatusCallbackEvents: ['in-progress', 'completed', 'absent'],
      nouns: [
        {
          ...noun,
          noun: 'Client',
          identity: 'bob',
          params: { lk: 'a.b' },
          statusCallback: '/s',
          statusCallbackEvents: ['ringing', 'answered'],
        },
        { ...noun, noun: 'Number', number: '+15', sendDigits: 'ww1' },
      ],
    },
  ],
  [
    '<Record/>',
    {
      verb: 'Record',
      method: 'POST',
      timeoutSeconds: 5,
      maxLengthSeconds: 3600,
      finishOnKey: '1234567890*#',
      isPlayBeep: true,
      isTranscribed: false,
      ...recording,
    },
  ],
  [
    '<Record action="/v" timeout="3" maxLength="120" finishOnKey="#" playBeep="false" trim="do-not-trim" transcribe="false"/>',
    {
      verb: 'Record',
      action: '/v',
      method: 'POST',
      timeoutSeconds: 3,
      maxLengthSeconds: 120,
      finishOnKey: '#',
      isPlayBeep: false,
      isTranscribed: false,
      ...recording,
    },
  ],
  [
    '<Record maxLength="60" transcribe="true" transcribeCallback="/words"/>',
    {
      verb: 'Record',
      method: 'POST',
      timeoutSeconds: 5,
      maxLengthSeconds: 60,
      finishOnKey: '1234567890*#',
      isPlayBeep: true,
      isTranscribed: true,
      transcribeCallback: '/words',
      ...recording,
    },
  ],
])('%s', (inner, expected) => {
  expect(verbs(inner)).toEqual([expected])
})

test.each([
  ['<Dial ringtone="us">+15</Dial>', "attribute 'ringtone' of <Dial> is unknown"],
  ['<Dial timeout="soon">+15</Dial>', "attribute 'timeout' of <Dial> has the impossible value 'soon'"],
  ['<Dial answerOnBridge="yes">+15</Dial>', "attribute 'answerOnBridge' of <Dial> has the impossible value 'yes'"],
  ['<Dial><Number statusCallbackEvent="initiated,ringing">+15</Number></Dial>', "has the impossible value 'initiated,ringing'"],
  ['<Dial><Client><Identity x="1">a</Identity></Client></Dial>', "attribute 'x' of <Identity> is unknown"],
  ['<Hangup now="true"/>', "attribute 'now' of <Hangup> is unknown"],
  ['<Dial><Client>a<Parameter name="b" value="c"/></Client></Dial>', 'needs Identity'],
])('%s is a warning, and the rest is run', (inner, message) => {
  const parsed = parse(inner)
  expect(parsed).toMatchObject({ ok: true, warnings: [{ code: 12_200, message: expect.stringContaining(message) }] })
})

test.each([
  ['<Gather/>', 12_200],
  ['<Dial><Conference>x</Conference></Dial>', 12_200],
  ['<Say>a</Say><Enqueue>q</Enqueue>', 12_200],
  ['<Say>a', 12_100],
  ['<Say>a</Play>', 12_100],
  ['<Say constructor="x">a</Say>', 12_100],
])('%s cannot be run: %i', (inner, code) => {
  expect(parse(inner)).toMatchObject({ ok: false, problem: { code } })
})

const of = (body: string, type = 'application/xml') => parseTwiml(Buffer.from(body), type)

test('body rules: type 12300, size 11750, root 12102, no XML 12100', () => {
  expect(of('<Response/>')).toMatchObject({ ok: true, verbs: [] })
  for (const type of ['text/html', 'application/json', '', 'text/plain'])
    expect(of('<Response/>', type)).toMatchObject({ ok: false, problem: { code: 12_300 } })
  expect(of(`<Response><!--${'x'.repeat(65_536)}--></Response>`)).toMatchObject({ ok: false, problem: { code: 11_750 } })
  expect(of('<response/>')).toMatchObject({ ok: false, problem: { code: 12_102 } })
  expect(of('<Hangup/>')).toMatchObject({ ok: false, problem: { code: 12_102 } })
  expect(of('')).toMatchObject({ ok: false, problem: { code: 12_100 } })
  expect(of('hello')).toMatchObject({ ok: false, problem: { code: 12_100 } })
  expect(of('<Response/><Response/>')).toMatchObject({ ok: false, problem: { code: 12_100 } })
})

test('eleven nouns and nine parameters are too many', () => {
  const eleven = parse(`<Dial>${'<Number>+15005550101</Number>'.repeat(11)}</Dial>`)
  expect(eleven).toMatchObject({ ok: true, warnings: [{ code: 13_250 }] })
  expect(eleven.ok && eleven.verbs[0]!.verb === 'Dial' && eleven.verbs[0]!.nouns.length).toBe(10)
  const nine = Array.from({ length: 9 }, (_, i) => `<Parameter name="p${i}" value="${i}"/>`).join('')
  expect(parse(`<Dial><Client><Identity>a</Identity>${nine}</Client></Dial>`)).toMatchObject({ ok: true, warnings: [{ code: 13_251 }] })
})

test('what Twilio’s library writes is understood without warnings', () => {
  const response = new twilio.twiml.VoiceResponse()
  const dialled = response.dial({
    answerOnBridge: true,
    timeout: 20,
    action: 'https://x.example/a?c=1&l=2',
    record: 'record-from-answer-dual',
    callerId: '+15',
  })
  const client = dialled.client({
    statusCallback: 'https://x.example/s?c=1&l=3',
    statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
  })
  client.identity('u1_d1')
  client.parameter({ name: 'lk', value: 'a.b' })
  response.say({ language: 'en-US' }, 'Please leave a message & hang up.')
  response.record({
    action: 'https://x.example/v',
    maxLength: 120,
    playBeep: true,
    finishOnKey: '#',
    recordingStatusCallbackEvent: ['completed', 'absent'],
  })
  response.hangup()
  const parsed = parseTwiml(Buffer.from(response.toString()), 'text/xml')
  expect(parsed).toMatchObject({ ok: true, warnings: [] })
  expect(parsed.ok && parsed.verbs.map((one) => one.verb)).toEqual(['Dial', 'Say', 'Record', 'Hangup'])
})
