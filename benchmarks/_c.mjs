import fs from 'node:fs';
import { createHash } from 'node:crypto';
import { createKeywright } from '@keywright/core';
import { createMemoryLiteLlm } from '@keywright/core/memory';
import { createPostgresStorage, migrate } from '@keywright/postgres-store';
import { createKeys, request } from '/work/main/benchmarks/fixtures/keys.mjs';
import { watchStatements } from '/work/main/benchmarks/harness/statements.mjs';
import pg from 'pg';
const pool = new pg.Pool({max:1});
const statements = watchStatements(pool);
await migrate({ pool }).up();
let n=0; const start=Date.now();
const clock={now:()=>start+(n++%100000)*6000, after:()=>()=>{}};
const kw = createKeywright({ storage: createPostgresStorage({ pool }), litellm: createMemoryLiteLlm(), clock });
const s = await createKeys(kw, 1000);
const sent = await statements.during(()=>kw.keys.verify(s[0],request));
const {text,types,name}=sent[0];
await pool.query(`create table bench_keys(id bigserial primary key, key_hash text not null unique, owner text not null,
  enabled bool not null default true, remaining bigint, request_count bigint not null default 0,
  expires_at timestamptz, updated_at timestamptz not null default now())`);
const hx=s.map(x=>createHash('sha256').update(x).digest('hex')); const bufs=hx.map(h=>Buffer.from(h,'hex'));
for(const h of hx) await pool.query('insert into bench_keys(key_hash,owner) values($1,$2)',[h,'u']);
await pool.query('vacuum analyze');
const pid=(await pool.query('select pg_backend_pid() p')).rows[0].p;
const tick=()=>{const f=fs.readFileSync(`/proc/${pid}/schedstat`,'utf8').split(' ');return Number(f[0])/1000};
const ncpu=()=>{const c=process.cpuUsage();return c.user+c.system};
const from=text.slice(text.indexOf(' from "keywright"'));
const cols=text.slice(7,text.indexOf(' from "keywright"')).split(', ').map(c=>c.replace(/ as .*/,''));
const conv=c=>/_at"|valid_until/.test(c)?`extract(epoch from ${c})*1000`:/budget"|spend"|soft/.test(c)?`${c}::text`:c;
const join1='select "x"."state"'+from;
const joinJson='select json_build_array('+cols.map(conv).join(',')+')::text j'+from;
const join3='select "x"."state" from keywright.api_key_secrets x join keywright.api_keys k on k.id=x.api_key_id where x.key_hash=$1';
const cands={
 one:i=>pool.query({name:'one',text:'select * from bench_keys where key_hash=$1',values:[hx[i%1000]]}),
 join:i=>pool.query({name:'join',text,values:[bufs[i%1000]]}),
 joinTypes:i=>pool.query({name:'join',text,values:[bufs[i%1000]],types}),
 joinArr:i=>pool.query({name:'join',text,values:[bufs[i%1000]],types:{getTypeParser:()=>x=>x},rowMode:'array'}),
 join1:i=>pool.query({name:'j1',text:join1,values:[bufs[i%1000]]}),
 joinJson:i=>pool.query({name:'jj',text:joinJson,values:[bufs[i%1000]]}).then(r=>JSON.parse(r.rows[0].j)),
 join1noU:i=>pool.query({name:'j1u',text:join3,values:[bufs[i%1000]]}),
 verify:i=>kw.keys.verify(s[i%1000],request),
 select1:i=>pool.query({name:'s1',text:'select 1'}),
};
const res={};
for(let r=0;r<12;r++) for(const [k,f] of Object.entries(cands)){ const N=400; const t0=tick(),c0=ncpu(),w0=performance.now(); for(let i=0;i<N;i++) await f(i+r*N); if(r>1)(res[k]??=[]).push([(ncpu()-c0)/N,(tick()-t0)/N,(performance.now()-w0)*1000/N]); }
const med=a=>a.sort((x,y)=>x-y)[a.length>>1];
for(const [k,v] of Object.entries(res)) console.log(k.padEnd(10),'node us',med(v.map(x=>x[0])).toFixed(1),'server us',med(v.map(x=>x[1])).toFixed(1),'wall min/med',Math.min(...v.map(x=>x[2])).toFixed(0),med(v.map(x=>x[2])).toFixed(0));
if(process.argv[2]){ console.log((await cands.joinJson(1)));const insp=await import('node:inspector/promises');const se=new insp.Session();se.connect();await se.post('Profiler.enable');await se.post('Profiler.setSamplingInterval',{interval:200});await se.post('Profiler.start');for(let i=0;i<20000;i++)await cands.verify(i);const {profile}=await se.post('Profiler.stop');fs.writeFileSync('/tmp/prof/cold.json',JSON.stringify(profile));if(0){console.log(text); const c=await pool.connect(); await c.query(`prepare j as ${text}`); for(let i=0;i<7;i++) await c.query(`execute j('\\x${hx[i]}')`); console.log((await c.query(`explain (analyze, costs off, buffers) execute j('\\x${hx[9]}')`)).rows.map(r=>r['QUERY PLAN']).join('\n')); c.release()}}
await pool.query('drop schema keywright cascade; drop table bench_keys'); await pool.end();
