//! `xiaoer export` and `xiaoer restore`.

use std::fs::File;
use std::io::{BufReader, BufWriter};

use anyhow::Context as _;
use xiaoer::db;
use xiaoer::plugin::shelf;

use super::args::BackupFile;
use super::local::Place;
use super::log::{complain, say};

pub(super) async fn export(place: &Place, to: &BackupFile) -> anyhow::Result<()> {
    let (db, _failed) = place.database()?;
    // A backup cut short must never look like one: it gets its name when it is whole.
    let part = to.file.with_extension("part");
    let file = File::create(&part).with_context(|| format!("cannot write {}", part.display()))?;
    let mut out = BufWriter::new(file);
    let records = db::export(&*db, &mut out).await?;
    let mut plugins = 0;
    for (name, parcel) in shelf::parcels(&db, &place.data).await? {
        match parcel {
            Ok(parcel) => {
                db::add(&mut out, &parcel)?;
                plugins += 1;
            }
            Err(why) => complain(&format!("插件 {name} 没有写入备份：{why}")),
        }
    }
    out.into_inner().map_err(|e| e.into_error())?.sync_all()?;
    std::fs::rename(&part, &to.file)?;
    let file = to.file.display();
    say(&format!("{records} 条记录、{plugins} 份插件已写入 {file}；密钥文件不在其中，请另行保管"));
    Ok(())
}

pub(super) async fn restore(place: &Place, from: &BackupFile) -> anyhow::Result<()> {
    let file = File::open(&from.file).with_context(|| format!("cannot read {}", from.file.display()))?;
    let (db, _failed) = place.database()?;
    let mut plugins = 0;
    let mut unpack = |parcel| {
        plugins += 1;
        shelf::put_back(&place.data, &parcel)
    };
    let records = db::restore(&*db, &mut BufReader::new(file), &mut unpack).await?;
    say(&format!("已恢复 {records} 条记录、{plugins} 份插件到 {}", place.data.display()));
    Ok(())
}
